/** The guides as pages: the Markdown of `docs/` → HTML. */
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Marked } from 'marked';

/** Folders of `docs/` that are shown, with their headings in the list of pages. */
const FOLDERS = { guides: 'Guides', reference: 'Reference' } as const;
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

/** Where a link leads: between shown pages or to the web; a file of the repository that is not served has no address. */
function addressOf(target: string): string | undefined {
  const page = /^(?:\.\.\/)?((?:guides|reference)\/)?([a-z-]+)\.md(#[\w-]*)?$/.exec(target);
  if (page) return `${page[1] ? `../${page[1]}` : ''}${page[2]}.html${page[3] ?? ''}`;
  return /^(https?:\/\/|#)/.test(target) ? target : undefined;
}

const marked = new Marked({
  renderer: {
    heading({ tokens, depth, text }) {
      return `<h${depth} id="${idOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    link({ href, tokens }) {
      const label = this.parser.parseInline(tokens);
      const address = addressOf(href);
      return address === undefined ? label : `<a href="${escapeHtml(address)}">${label}</a>`;
    },
    // Drawings stand beside their page.
    image({ href, text }) {
      return /^[a-z-]+\.svg$/.test(href) ? `<img src="${href}" alt="${escapeHtml(text)}">` : escapeHtml(text);
    },
    // The documents hold no markup of their own: what looks like some is text.
    html({ text }) {
      return escapeHtml(text);
    },
  },
});

/** HTML of Markdown. Tables may be wider than the page, so each scrolls in a frame of its own. */
export function markdownHtml(markdown: string): string {
  const html = marked.parse(markdown, { async: false });
  return html.replaceAll('<table>', '<div class="wide"><table>').replaceAll('</table>', '</table></div>');
}

/** A title as HTML: its code marks and stresses, without a paragraph around it. */
function inline(text: string): string {
  return marked.parseInline(text, { async: false });
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
    for (const file of (await readdir(join(root, 'docs', folder))).filter((name) => name.endsWith('.md')).sort()) {
      const markdown = await readFile(join(root, 'docs', folder, file), 'utf8');
      const name = file.slice(0, -'.md'.length);
      pages.push({ folder, name, title: /^# (.*)/m.exec(markdown)?.[1] ?? name, html: markdownHtml(markdown) });
    }
  }
  return pages;
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
