/** The guides as pages: the Markdown of `docs/` that they are written in → HTML. Knows what they use, and no more. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

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

/** A link between shown pages or to the web; one to another file of the repository stays text, since it is not served. */
function link(label: string, target: string): string {
  const page = /^(?:\.\.\/)?((?:guides|reference)\/)?([a-z-]+)\.md(#[\w-]*)?$/.exec(target);
  if (page) return `<a href="${page[1] ? `../${page[1]}` : ''}${page[2]}.html${page[3] ?? ''}">${label}</a>`;
  return /^(https?:\/\/|#)/.test(target) ? `<a href="${target}">${label}</a>` : label;
}

/** Code is set aside first, behind a character no text has: nothing inside it means anything else. */
function inline(text: string): string {
  const codes: string[] = [];
  const withoutCode = text.replaceAll(/`([^`]+)`/g, (_all, code: string) => {
    codes.push(`<code>${escapeHtml(code)}</code>`);
    return `\uE000${codes.length - 1}\uE000`;
  });
  return escapeHtml(withoutCode)
    .replaceAll(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_all, label: string, target: string) => link(label, target))
    .replaceAll(/\*\*(.+?)\*\*/g, '<b>$1</b>')
    .replaceAll(/(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])/g, '<i>$1</i>')
    .replaceAll(/\uE000(\d+)\uE000/g, (_all, i: string) => codes[Number(i)] ?? '');
}

function table(block: string): string {
  const [head = '', , ...rows] = block.split('\n');
  const cells = (row: string, tag: 'th' | 'td') =>
    row
      .trim()
      .replaceAll(/^\||\|$/g, '')
      // `\|` inside a cell is a stroke, not an edge.
      .split(/(?<!\\)\|/)
      .map((cell) => `<${tag}>${inline(cell.trim().replaceAll('\\|', '|'))}</${tag}>`)
      .join('');
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
  return `<div class="wide"><table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function list(block: string): string {
  const tag = /^\d/.test(block) ? 'ol' : 'ul';
  const items = block.split(/\n(?=\s*(?:[-*]|\d+\.) )/).map((item) => item.replace(/^\s*(?:[-*]|\d+\.) /, ''));
  return `<${tag}>${items.map((item) => `<li>${inline(item)}</li>`).join('\n')}</${tag}>`;
}

function blockHtml(block: string): string {
  const heading = /^(#{1,6}) (.*)/.exec(block);
  if (heading) {
    const [line = '', level = '', title = ''] = heading;
    const rest = block.slice(line.length).trim();
    const tag = `h${level.length}`;
    return `<${tag} id="${idOf(title)}">${inline(title)}</${tag}>\n${rest === '' ? '' : blockHtml(rest)}`;
  }
  if (block.startsWith('|')) return table(block);
  if (/^(?:[-*]|\d+\.) /.test(block)) return list(block);
  if (block.startsWith('>')) return `<blockquote>${inline(block.replaceAll(/^> ?/gm, ''))}</blockquote>`;
  return `<p>${inline(block)}</p>`;
}

/** HTML of Markdown: headings, paragraphs, lists of one level, tables, quotes, fenced code, and what stands inside lines. */
export function markdownHtml(markdown: string): string {
  return markdown
    .split(/^```(\w*)\n([\s\S]*?)^```$/m)
    .map((part, i) => {
      if (i % 3 === 1) return '';
      if (i % 3 === 2) return `<pre><code>${escapeHtml(part.trimEnd())}</code></pre>`;
      const blocks = part.split(/\n{2,}/).map((block) => block.trim());
      return blocks
        .filter((block) => block !== '')
        .map(blockHtml)
        .join('\n');
    })
    .join('\n');
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
  for (const folder of Object.keys(FOLDERS)) await mkdir(join(target, folder), { recursive: true });
  for (const page of pages) {
    const values: Record<string, string> = { TITLE: inline(page.title), INDEX: index(pages, page), PAGE: page.html };
    const html = template.replaceAll(/\{\{(TITLE|INDEX|PAGE)\}\}/g, (_all, name: string) => values[name] ?? '');
    await writeFile(join(target, page.folder, `${page.name}.html`), html);
    if (page.folder === 'guides' && page.name === 'quickstart')
      await writeFile(join(target, 'guides/index.html'), html);
  }
}
