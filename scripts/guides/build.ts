/** The guides as pages: the Markdown of `docs/`, each in the frame that all share, and one for addresses that lead nowhere. */
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  addressOf,
  DECISIONS,
  ENTRIES,
  type Entry,
  FOLDERS,
  type Folder,
  listHtml,
  neighboursHtml,
} from './contents.ts';
import { inlineHtml, markdownHtml } from './markdown.ts';

/** What is answered below `/docs/guides/` where there is no page: `not_found_handling` of wrangler.toml takes the nearest 404.html. */
const LOST = `<h1>No such page</h1>
<p>Nothing stands at this address; perhaps the page was renamed. These there are:</p>`;

/** Title, list of pages and text, put into the frame's places. */
function framed(template: string, values: Readonly<Record<'TITLE' | 'INDEX' | 'PAGE', string>>): string {
  return template.replaceAll(/\{\{(TITLE|INDEX|PAGE)\}\}/g, (_all, name: keyof typeof values) => values[name]);
}

/** The entry of a file. Throws if the list of pages has none: a page that nothing leads to is not read. */
function entryOf(folder: Folder, name: string): Entry {
  const entry = ENTRIES.find((one) => one.folder === folder && one.name === name);
  if (!entry) throw new Error(`docs/${folder}/${name}.md has no place in scripts/guides/contents.ts`);
  return entry;
}

/** The title of a document: its first heading. */
const titleOf = (markdown: string): string | undefined => /^# (.*)/m.exec(markdown)?.[1];

async function buildFolder(root: string, folder: Folder, template: string, target: string): Promise<void> {
  const [from, to] = [join(root, 'docs', folder), join(target, folder)];
  await mkdir(to, { recursive: true });
  const files = (await readdir(from)).sort();
  const drawings = new Map<string, string>();
  for (const file of files.filter((name) => name.endsWith('.svg'))) {
    drawings.set(file, await readFile(join(from, file), 'utf8'));
    await copyFile(join(from, file), join(to, file));
  }
  for (const file of files.filter((name) => /\.(png|webp)$/.test(name)))
    await copyFile(join(from, file), join(to, file));
  for (const file of files.filter((name) => name.endsWith('.md'))) {
    const entry = entryOf(folder, file.slice(0, -'.md'.length));
    const markdown = await readFile(join(from, file), 'utf8');
    const html = framed(template, {
      TITLE: inlineHtml(titleOf(markdown) ?? entry.title),
      INDEX: listHtml(entry),
      PAGE: markdownHtml(markdown, folder, drawings) + neighboursHtml(entry),
    });
    await writeFile(join(to, `${entry.name}.html`), html);
    // The first page is the one that the bare address shows.
    if (entry === ENTRIES[0]) await writeFile(join(to, 'index.html'), html);
  }
}

/** The decisions, a page each, and the list of them, which is their index. */
async function buildDecisions(root: string, template: string, target: string): Promise<void> {
  const [from, to] = [join(root, 'docs', DECISIONS), join(target, DECISIONS)];
  await mkdir(to, { recursive: true });
  const index = listHtml(DECISIONS);
  const links: string[] = [];
  for (const file of (await readdir(from)).filter((name) => name.endsWith('.md')).sort()) {
    const name = file.slice(0, -'.md'.length);
    const markdown = await readFile(join(from, file), 'utf8');
    const title = inlineHtml(titleOf(markdown) ?? name);
    links.push(`<li><a href="${addressOf(DECISIONS, name)}">${title}</a></li>`);
    const page = markdownHtml(markdown, DECISIONS);
    await writeFile(join(to, `${name}.html`), framed(template, { TITLE: title, INDEX: index, PAGE: page }));
  }
  const page = `<h1>Decisions</h1>\n<p>What had to be decided, what spoke for each way, and which one was taken.</p>\n<ul class="plain">${links.join('\n')}</ul>`;
  await writeFile(join(to, 'index.html'), framed(template, { TITLE: 'Decisions', INDEX: index, PAGE: page }));
}

/** Writes the pages of `root`/docs into `target`, each in the frame `template`. Throws where a page has no place in the list. */
export async function buildGuides(root: string, template: string, target: string): Promise<void> {
  for (const folder of FOLDERS) await buildFolder(root, folder, template, target);
  await buildDecisions(root, template, target);
  const list = listHtml();
  const lost = {
    TITLE: 'No such page',
    INDEX: list,
    PAGE: `${LOST}<nav class="all" aria-label="All pages">${list}</nav>`,
  };
  for (const folder of ['guides', 'operating', 'reference', DECISIONS])
    await writeFile(join(target, folder, '404.html'), framed(template, lost));
}
