/**
 * What markup a content may have: the same rules for a publish, which reads the text, and for the page, which sanitises what a browser
 * made of it. Descriptive elements only: nothing that loads code, takes input, frames, styles or names anything of the page.
 */

export const MARKUP_TAGS: readonly string[] = (
  'a abbr b bdi bdo blockquote br caption cite code dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li ' +
  'mark ol p picture pre q s samp section small source span strong sub sup table tbody td tfoot th thead time tr u ul var wbr'
).split(' ');

/** Attributes of single elements, beside those that all may have. */
const OWN_ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  a: /^href$/,
  img: /^(src|srcset|sizes|width|height|loading|decoding)$/,
  source: /^(srcset|sizes|media|width|height)$/,
  td: /^(colspan|rowspan)$/,
  th: /^(colspan|rowspan|scope)$/,
  time: /^datetime$/,
};

/** As an arm's `attributes`, and what makes no placement. */
const COMMON_ATTRIBUTE = /^(title|alt|lang|dir|class|role|aria-[a-z]{1,32}|data-(?!hyperedge)[a-z][a-z\d-]{0,62})$/;

/** All names that {@link isMarkupAttribute} may say yes to, but for `aria-…` and `data-…`. */
export const MARKUP_ATTRIBUTES: readonly string[] =
  'title alt lang dir class role href src srcset sizes width height loading decoding media colspan rowspan scope datetime'.split(
    ' ',
  );

/** `url`, `url 2x`, `url 640w`, with commas between: every address as safe as one alone, without commas and spaces of its own. */
export const SAFE_SRCSET =
  /^((https?:\/\/|\/(?!\/))[^\0-\x20\x7f\\,]*( \d+(\.\d+)?[wx])?)(, ?(https?:\/\/|\/(?!\/))[^\0-\x20\x7f\\,]*( \d+(\.\d+)?[wx])?)*$/i;

/** Whether an element may have an attribute with a value, entities resolved. Names in lower case; `isAddress` judges addresses. */
export function isMarkupAttribute(
  tag: string,
  name: string,
  value: string,
  isAddress: (value: string) => boolean,
): boolean {
  const isOwn = Object.hasOwn(OWN_ATTRIBUTES, tag) && OWN_ATTRIBUTES[tag]!.test(name);
  if (name === 'href' || name === 'src') return isOwn && isAddress(value);
  if (name === 'srcset') return isOwn && SAFE_SRCSET.test(value);
  return isOwn || COMMON_ATTRIBUTE.test(name);
}

/** A whole tag: attributes without a value or quoted; neither quotes nor angles where they could mean something else. */
const TAG = /<(\/?)([a-z][a-z\d]*)((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))?)*)\s*\/?>/iy;
const ATTRIBUTE = /\s+([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'))?/g;

/** Entities in addresses are refused but for `&amp;`: what they resolve to is not what was read here. */
const HIDDEN = /&(#|(?!amp;)[a-z\d]+;)/i;

function tagProblem([, closing, name = '', attributes = '']: RegExpExecArray, isAddress: (value: string) => boolean) {
  const tag = name.toLowerCase();
  if (!MARKUP_TAGS.includes(tag)) return `must not contain <${tag}>`;
  if (closing && attributes) return `must not have attributes in </${tag}>`;
  for (const [, written = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    const attribute = written.toLowerCase();
    const value = double ?? single ?? '';
    const isHidden = /^(href|src|srcset)$/.test(attribute) && HIDDEN.test(value);
    if (isHidden || !isMarkupAttribute(tag, attribute, value.replaceAll('&amp;', '&'), isAddress))
      return `must not have ${attribute}="${value.slice(0, 60)}" in <${tag}>`;
  }
  return undefined;
}

/**
 * What is wrong with markup, if anything. Strict where browsers forgive: every `<` begins a whole tag of the list with quoted
 * attributes of the list, so that nobody has to guess what a browser reads; text writes `&lt;`. Linear in the length.
 */
export function markupProblem(html: string, isAddress: (value: string) => boolean): string | undefined {
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', TAG.lastIndex)) {
    TAG.lastIndex = at;
    const match = TAG.exec(html);
    if (!match)
      return `must have whole tags with quoted attributes, and "&lt;" in text: "${html.slice(at, at + 30)}" is neither`;
    const problem = tagProblem(match, isAddress);
    if (problem) return problem;
  }
  return undefined;
}
