/** What HTML says of elements by their names, as far as reading a page ahead and filling it need. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** Elements without an end. */
export const VOID = words(
  'area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr',
);
/** What is in them is text, up to their end tag. */
export const RAW = words('script style textarea title xmp iframe noembed noframes noscript plaintext');
/** HTML, 13.2.6.4.7: a paragraph ends before these, whether its end tag is there or not. */
export const ENDS_PARAGRAPH = words(
  'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr ' +
    'li dd dt listing main menu nav ol p plaintext pre search section summary table ul xmp',
);
/** These begin by ending another of their kind, with all in it, unless a list or a table of their own is around them. */
export const ENDS_SIBLING = words('li dt dd option optgroup tr td th tbody thead tfoot caption colgroup col rt rp');
export const HOLDS_SIBLINGS = words('ul ol menu dir dl table select ruby template svg math');
/** One of these in another of its kind ends it. */
export const NOT_IN_ITSELF = words('a button nobr form');
export const isHeading = (name: string): boolean => /^h[1-6]$/.test(name);
