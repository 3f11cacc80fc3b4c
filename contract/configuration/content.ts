/** What an arm shows: text and checked attributes; markup only of descriptive elements, and only where a placement allows it. */
import * as z from 'zod';
import { markupProblem, SAFE_SRCSET } from '../../decisioning/content/html.ts';

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

const srcset = z
  .string()
  .max(2_048)
  .regex(SAFE_SRCSET, 'must be addresses with "2x" or "640w" behind them and commas between, each http(s) or a path')
  .meta({ example: '/hero-640.webp 640w, /hero-1280.webp 1280w' });

const html = z
  .string()
  .max(8_000)
  .superRefine((value, context) => {
    const problem = markupProblem(value, (address) => url.safeParse(address).success);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({
    description:
      'Markup of descriptive elements, only where the placement and the page allow it; `text` stands in elsewhere',
    example: 'Two for <b>one</b>',
  });

const className = z.string().regex(/^[^\s"'<>&`=]{1,64}$/, 'must be 1 to 64 characters without spaces or quotes');
const classNames = z.array(className).max(20).optional();

/** Selectors go into `querySelector`, nowhere else; short, because a page looks for them. */
const selector = z
  .string()
  .min(1)
  .max(200)
  .refine((value) => !hasControlCharacters(value) && !/[{}<;\\]/.test(value), 'must be a CSS selector of the page')
  .meta({ example: '#main h1' });

const partShape = {
  text: text.optional(),
  html: html.optional(),
  href: url.optional(),
  src: url.optional(),
  srcset: srcset.optional(),
  alt: text.optional(),
  attributes: z.record(attributeKey, attributeText).optional(),
  classes: z
    .strictObject({ add: classNames, remove: classNames })
    .optional()
    .meta({ description: 'Added to those that the element has, or taken away' }),
};

const move = z.strictObject({ to: selector, place: z.enum(['before', 'after', 'prepend', 'append', 'replace']) }).meta({
  description: 'Puts the element before, after, at the beginning or end of, or in place of the first that matches',
});

const redirect = url
  .refine((address) => /^(https?:|\/)/i.test(address), 'must be a path that starts with "/", or an http(s) address')
  .meta({ description: 'The page is left for this address; other origins only where the page lists them' });

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
    move: move.optional(),
    redirect: redirect.optional(),
    data: z.json().optional(),
  })
  .refine((value) => JSON.stringify(value).length <= MAX_CONTENT_BYTES, 'must be at most 16 KB of JSON')
  .meta({
    id: 'Content',
    description:
      'Text, links, images, classes and attributes of a placement or of its parts; moves, redirects; `data` for renderers of your own.',
    example: { text: 'Two for one, this week', href: '/sale' },
  });
