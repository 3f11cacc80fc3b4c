/**
 * What content may put into a page. The contract refuses the same values at publish; this is the second lock, for answers that come
 * from anywhere else.
 */

/**
 * Addresses that may become a link or an image: web, mail and telephone, or paths of the same site. No control characters and no
 * backslashes, which browsers drop or turn into slashes; so `javascript:`, `data:` and `//elsewhere` have no spelling that passes.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it must refuse
export const SAFE_URL = /^(https?:\/\/|mailto:|tel:|\/(?!\/)|[#?])[^\0-\x1f\x7f\\]*$/i;

/** Names of attributes that content may set: descriptive ones; no handler, style or address, nor those that make a placement. */
export const SAFE_ATTRIBUTE = /^(title|alt|lang|dir|class|role|aria-[a-z]+|data-(?!hyperedge)[a-z\d-]+)$/;
