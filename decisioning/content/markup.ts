/** Text on its way into a stream of HTML whose bytes are somebody else's. */

/**
 * Characters that are written as they are: printable ASCII without those that mean something in markup, tab and line feed. All others go as
 * references, so that the text is the same in every encoding that begins with ASCII, and nothing in it ends a tag, an attribute or a value.
 */
const MEANT = /[^\t\n !#-%(-;=?-~]/gu;
/** What has no reference: U+0000, and the C1 controls, whose numbers HTML reads as letters of an old code page. Nobody sees them. */
const UNREFERABLE = /[\0\x80-\x9f]/g;

/** Text as content of an element or as value of a quoted attribute. Of half a surrogate pair browsers make U+FFFD. */
export function escapeMarkup(text: string): string {
  return text.replace(UNREFERABLE, '').replace(MEANT, (char) => `&#${char.codePointAt(0)};`);
}

/** A value as JSON that may stand in a `<script>` of any encoding: no `<`, nothing but ASCII. */
export function jsonInMarkup(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&]|[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
