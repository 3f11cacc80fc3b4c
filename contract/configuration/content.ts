/** What an arm shows. Everything here is rendered as text or checked attributes, never as markup. */
import * as z from 'zod';

const text = z.string().max(4_000);

function hasControlCharacters(text: string): boolean {
  return [...text].some((char) => char < '\u0020' || char === '\u007f');
}

/** `javascript:` and its relatives never reach a page: only web, mail and telephone addresses, or paths of the same site. */
const SAFE_URL = /^(https?:\/\/|mailto:|tel:|\/(?!\/)|#|\?)/i;
const url = z
  .string()
  .max(2_048)
  .regex(SAFE_URL, 'must be an http(s), mailto or tel address, or a path that starts with "/", "?" or "#"')
  .refine(
    (address) => !hasControlCharacters(address) && !address.includes('\\'),
    'must not contain control characters or backslashes',
  )
  .refine((address) => !/^https?:/i.test(address) || URL.canParse(address), 'must be a whole address');

/** Attributes a marketer may set: descriptive ones, never handlers, styles, sources or anything a browser executes or loads. */
const attributeKey = z
  .string()
  .regex(
    /^(title|alt|lang|dir|class|role|aria-[a-z]{1,32}|data-(?!hyperedge)[a-z][a-z0-9-]{0,62})$/,
    'must be title, alt, lang, dir, class, role, aria-… or data-… (but not data-hyperedge…)',
  );
const attributeText = z
  .string()
  .max(1_024)
  .refine((value) => !hasControlCharacters(value), 'must not contain control characters');

const partShape = {
  text: text.optional(),
  href: url.optional(),
  src: url.optional(),
  alt: text.optional(),
  attributes: z.record(attributeKey, attributeText).optional(),
};

export const contentPart = z.strictObject(partShape);

/** Serialised size of one arm's content: a page's worth of text; twenty of them still make a small answer. */
export const MAX_CONTENT_BYTES = 16 * 1_024;

export const content = z
  .strictObject({
    ...partShape,
    parts: z
      .record(
        z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1 to 32 of a-z, 0-9, "-" and start with a letter'),
        contentPart,
      )
      .optional(),
    data: z.json().optional(),
  })
  .refine((value) => JSON.stringify(value).length <= MAX_CONTENT_BYTES, 'must be at most 16 KB of JSON')
  .meta({
    id: 'Content',
    description: 'Text, links, images and attributes of a placement or of its parts; `data` for renderers of your own.',
    example: { text: 'Two for one, this week', href: '/sale' },
  });
