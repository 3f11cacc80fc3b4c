/** In place of lib/page.ts: an app has no address. What it knows of itself are attributes. */
import { settings } from '../lib/settings.ts';

let language: string | undefined;

export const speak = (tag: string | undefined): void => {
  language = tag;
};

/** `context` of a request. */
export const page = (): object => ({ language, attributes: settings.attributes });
