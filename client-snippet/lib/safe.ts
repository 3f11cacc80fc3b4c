/** What content may put into a page: the same rules as where pages are filled before they are sent. */
export { SAFE_ATTRIBUTE, SAFE_URL } from '../../decisioning/content/safe.ts';
