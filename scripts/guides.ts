/** The guides as pages: the Markdown of `docs/` → HTML. */
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Marked } from 'marked';

/** Folders of `docs/` that are shown, with their headings in the list of pages. */
const FOLDERS = { guides: 'Guides', 'guides/policies': 'Policies', reference: 'Reference' } as const;
type Folder = keyof typeof FOLDERS;

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The id that a heading is linked by, as the repository's own pages have it. */
const idOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

/**
 * Where a link leads: between shown pages or to the web; a file of the repository that is not served has no address.
 *
 * @param folder of the page that it stands on
 */
function addressOf(target: string, folder: Folder): string | undefined {
  const page = /^([\w./-]+)\.md(#[\w-]*)?$/.exec(target);
  if (!page) return /^(https?:\/\/|#)/.test(target) ? target : undefined;
  const shown = Object.hasOwn(FOLDERS, posix.dirname(posix.join(folder, target)));
  return shown ? `${page[1]}.html${page[2] ?? ''}` : undefined;
}

function markedIn(folder: Folder, drawings: Drawings): Marked {
  return new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${idOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const label = this.parser.parseInline(tokens);
        const address = addressOf(href, folder);
        return address === undefined ? label : `<a href="${escapeHtml(address)}">${label}</a>`;
      },
      // Drawings stand beside their page; those that were read become part of it.
      image({ href, text }) {
        const drawing = drawings.get(href);
        if (drawing !== undefined) return drawingHtml(drawing, text);
        return /^[a-z-]+\.svg$/.test(href) ? `<img src="${href}" alt="${escapeHtml(text)}">` : escapeHtml(text);
      },
      // The documents hold no markup of their own: what looks like some is text.
      html({ text }) {
        return escapeHtml(text);
      },
    },
  });
}

/** File name → the text of an SVG. */
type Drawings = ReadonlyMap<string, string>;

/** A drawing as part of its page, in the page's colours: its own style, which the page's policy would block, stays behind. */
function drawingHtml(svg: string, words: string): string {
  const bare = svg
    .replace(/<style>[\s\S]*?<\/style>\n?/, '')
    .replace(/<title>[\s\S]*?<\/title>\n?/, '')
    .replace(/ color="#?\w+"/, '')
    .trim();
  return bare.replace('<svg ', `<svg role="img" aria-label="${escapeHtml(words)}" class="drawing" `);
}

/** HTML of Markdown. Tables may be wider than the page, so each scrolls in a frame of its own. */
export function markdownHtml(markdown: string, folder: Folder = 'guides', drawings: Drawings = new Map()): string {
  const html = markedIn(folder, drawings).parse(markdown, { async: false });
  return html.replaceAll('<table>', '<div class="wide"><table>').replaceAll('</table>', '</table></div>');
}

/** A title as HTML: its code marks and stresses, without a paragraph around it. */
function inline(text: string): string {
  return markedIn('guides', new Map()).parseInline(text, { async: false });
}

interface Page {
  readonly folder: Folder;
  readonly name: string;
  readonly title: string;
  readonly html: string;
}

async function readPages(root: string): Promise<Page[]> {
  const pages: Page[] = [];
  for (const folder of Object.keys(FOLDERS) as Folder[]) {
    const files = (await readdir(join(root, 'docs', folder))).sort(byPlace);
    const read = (file: string) => readFile(join(root, 'docs', folder, file), 'utf8');
    const drawings = new Map<string, string>();
    for (const file of files.filter((name) => name.endsWith('.svg'))) drawings.set(file, await read(file));
    for (const file of files.filter((name) => name.endsWith('.md'))) {
      const markdown = await read(file);
      const name = file.slice(0, -'.md'.length);
      const title = /^# (.*)/m.exec(markdown)?.[1] ?? name;
      pages.push({ folder, name, title, html: markdownHtml(markdown, folder, drawings) });
    }
  }
  return pages;
}

/** A folder's own page first, the others by name. */
function byPlace(one: string, other: string): number {
  const rank = (file: string) => (file === 'index.md' ? 0 : 1);
  return rank(one) - rank(other) || (one < other ? -1 : 1);
}

function index(pages: readonly Page[], current: Page): string {
  const links = (folder: Folder) =>
    pages
      .filter((page) => page.folder === folder)
      .map(({ name, title }) => {
        const mark = current.folder === folder && current.name === name ? ' aria-current="page"' : '';
        return `<li><a href="/docs/${folder}/${name}.html"${mark}>${inline(title)}</a></li>`;
      });
  const groups = Object.entries(FOLDERS).map(
    ([folder, title]) => `<h2>${title}</h2><ul>${links(folder as Folder).join('')}</ul>`,
  );
  return groups.join('\n');
}

/** Writes the pages of `root`/docs into `target`, each in the frame `template`, and the quickstart as the guides' first page. */
export async function buildGuides(root: string, template: string, target: string): Promise<void> {
  const pages = await readPages(root);
  for (const folder of Object.keys(FOLDERS)) {
    await mkdir(join(target, folder), { recursive: true });
    const drawings = (await readdir(join(root, 'docs', folder))).filter((name) => name.endsWith('.svg'));
    for (const name of drawings) await copyFile(join(root, 'docs', folder, name), join(target, folder, name));
  }
  for (const page of pages) {
    const values: Record<string, string> = { TITLE: inline(page.title), INDEX: index(pages, page), PAGE: page.html };
    const html = template.replaceAll(/\{\{(TITLE|INDEX|PAGE)\}\}/g, (_all, name: string) => values[name] ?? '');
    await writeFile(join(target, page.folder, `${page.name}.html`), html);
    if (page.folder === 'guides' && page.name === 'quickstart')
      await writeFile(join(target, 'guides/index.html'), html);
  }
}
