/** Names of attributes that are ours: what a page brings under them is taken off. */
export const OWN = 'data-hyperedge-own';
/** On an element whose end is no plain one, between those who read the page. */
export const MARK_NO_PLAIN_END = 'data-hyperedge-open';
