/** The Markdown of `docs/` → HTML, with its drawings in it. */
import { posix } from 'node:path';
import { Marked, type Tokens } from 'marked';
import { addressOf, DECISIONS, FOLDERS, type Served } from './contents.ts';

/** File name → the text of an SVG. */
export type Drawings = ReadonlyMap<string, string>;

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The id that a heading is linked by, as the repository's own pages have it. */
const idOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

/** A picture beside the page. */
const PICTURE = /^[a-z-]+\.(svg|png|webp)$/;
const SERVED: readonly string[] = [...FOLDERS, DECISIONS];

/**
 * Where a link leads: between shown pages or to the web; a file of the repository that is not served has no address.
 *
 * @param folder of the page that it stands on
 */
function linkTarget(target: string, folder: Served): string | undefined {
  if (PICTURE.test(target)) return `/docs/${folder}/${target}`;
  const [, page, anchor = ''] = /^([\w./-]+)\.md(#[\w-]*)?$/.exec(target) ?? [];
  if (page === undefined) return /^(https?:\/\/|#)/.test(target) ? target : undefined;
  const { dir, base } = posix.parse(posix.join(folder, page));
  return SERVED.includes(dir) ? addressOf(dir, base) + anchor : undefined;
}

function markedIn(folder: Served, drawings: Drawings): Marked {
  return new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${idOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const label = this.parser.parseInline(tokens);
        const address = linkTarget(href, folder);
        return address === undefined ? label : `<a href="${escapeHtml(address)}">${label}</a>`;
      },
      // Drawings stand beside their page; those that were read become part of it.
      image({ href, text }) {
        const drawing = drawings.get(href);
        if (drawing !== undefined) return drawingHtml(drawing, text);
        return PICTURE.test(href) ? `<img src="${href}" alt="${escapeHtml(text)}">` : escapeHtml(text);
      },
      // Wider than the page at times: a frame that scrolls must be reachable by keyboard.
      code({ text }) {
        return `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`;
      },
      table(token) {
        return tableHtml(token, (cell) => this.parser.parseInline(cell.tokens));
      },
      // The documents hold no markup of their own: what looks like some is text.
      html({ text }) {
        return escapeHtml(text);
      },
    },
  });
}

/** Markdown without code marks, stresses and where its links lead: what an attribute can hold. */
const plainText = (markdown: string): string =>
  markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');

/** A table whose cells know their column: on a phone each row becomes a card, and a cell without its heading says nothing. */
function tableHtml({ header, rows }: Tokens.Table, inline: (cell: Tokens.TableCell) => string): string {
  const heads = header.map((cell) => `<th role="columnheader">${inline(cell)}</th>`).join('');
  const cell = (own: Tokens.TableCell, column: number) => {
    const label = escapeHtml(plainText(header[column]?.text ?? ''));
    const empty = own.text === '' ? ' class="empty"' : '';
    return `<td role="cell" data-label="${label}"${empty}>${inline(own)}</td>`;
  };
  const body = rows.map((row) => `<tr role="row">${row.map(cell).join('')}</tr>`).join('\n');
  // Of two columns the first names what the second says: no heading is missed.
  const kind = header.length === 2 ? ' class="pair"' : '';
  return `<div class="wide" tabindex="0"><table role="table"${kind}><thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">${body}</tbody></table></div>\n`;
}

/** A drawing as part of its page, in the page's colours: its own style, which the page's policy would block, stays behind. */
function drawingHtml(svg: string, words: string): string {
  const bare = svg
    .replace(/<style>[\s\S]*?<\/style>\n?/, '')
    .replace(/<title>[\s\S]*?<\/title>\n?/, '')
    .replace(/ color="#?\w+"/, '')
    .trim();
  return bare.replace('<svg ', `<svg role="img" aria-label="${escapeHtml(words)}" class="drawing" `);
}

/** HTML of Markdown that stands in `folder` of `docs/`. */
export function markdownHtml(markdown: string, folder: Served = 'guides', drawings: Drawings = new Map()): string {
  return markedIn(folder, drawings).parse(markdown, { async: false });
}

/** A title as HTML: its code marks and stresses, without a paragraph around it. */
export function inlineHtml(text: string): string {
  return markedIn('guides', new Map()).parseInline(text, { async: false });
}
