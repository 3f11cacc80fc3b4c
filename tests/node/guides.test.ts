/** The guides for marketers against the code: a page for every policy, snippets that publish beside the demo's, pictures as the policies draw them, words that are explained. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { assembled, noDocuments } from '../../contract/configuration/assembled.ts';
import { KINDS, type Kind, kindName } from '../../contract/configuration/index.ts';
import { strategy } from '../../contract/configuration/strategy.ts';
import { splitDocument } from '../../contract/publishing.ts';
import { compile } from '../../decisioning/catalog/compile.ts';
import { guidePictures } from '../../scripts/drawings/pictures.ts';
import { codeBlocks, linksOf } from './docs/markdown.ts';
import { projectFiles, projectRoot, readProjectFile } from './tidy/files.ts';

const FOLDER = 'docs/guides/policies';
const files = readdirSync(join(projectRoot, FOLDER));
const pages = files.filter((file) => file.endsWith('.md'));
const textOf = (page: string) => readProjectFile(`${FOLDER}/${page}`);
const policies = strategy.options.map(({ shape }) => shape.policy.value);
const pageOf = (policy: string) => `${policy.replaceAll('_', '-')}.md`;

interface Document {
  readonly kind: Kind;
  readonly body: Record<string, unknown>;
}

const documentsIn = (yaml: string): Document[] =>
  parseAllDocuments(yaml).map((document) => {
    const { kind, body } = splitDocument(document.toJS() as Record<string, unknown>);
    return { kind: kindName.parse(kind), body };
  });

const SHOP = 'examples/shop/campaigns';
const shop = readdirSync(join(projectRoot, SHOP)).flatMap((file) => documentsIn(readProjectFile(`${SHOP}/${file}`)));

/** What keeps a YAML block from being pushed to the demo: fields that are refused, then what publishing it beside the shop's documents refuses. */
function problemsIn(yaml: string): string[] {
  const own = documentsIn(yaml);
  const stays = ({ kind, body }: Document) => !own.some((one) => one.kind === kind && one.body.id === body.id);
  const parsed = noDocuments();
  const problems: string[] = [];
  for (const { kind, body } of [...shop.filter(stays), ...own]) {
    const checked = KINDS[kind].schema.safeParse(body);
    if (checked.success) parsed[kind].push(checked.data);
    else problems.push(...checked.error.issues.map(({ path, message }) => `${path.join('/')}: ${message}`));
  }
  if (problems.length > 0) return problems;
  const compiled = compile(assembled(parsed), { workspaceId: 'guides', salt: 'guides' });
  return compiled.ok ? [] : compiled.problems.map(({ path, detail }) => `${path}: ${detail}`);
}

describe('a policy', () => {
  test.each(policies)('%s has a page, which the index links', (policy) => {
    expect(pages).toContain(pageOf(policy));
    expect(linksOf(textOf('index.md'))).toContain(pageOf(policy));
  });

  test.each(policies)('%s: its page shows a picture and a campaign that uses it', (policy) => {
    const page = textOf(pageOf(policy));
    expect(page).toMatch(new RegExp(`^!\\[.{60,}\\]\\(${pageOf(policy).replace('.md', '.svg')}\\)$`, 'm'));
    expect(codeBlocks(page, 'yaml').join('\n')).toContain(`policy: ${policy}`);
    for (const heading of ['Take it when', 'Leave it when', 'Settings', 'What to expect', 'Mind'])
      expect(page).toContain(`\n## ${heading}\n`);
  });

  test.each(policies)('%s: its page names every setting', (policy) => {
    const settings = Object.keys(strategy.options.find(({ shape }) => shape.policy.value === policy)!.shape);
    const page = textOf(pageOf(policy));
    expect(settings.filter((name) => name !== 'policy' && !page.includes(`| \`${name}\` |`))).toEqual([]);
  });
});

describe('snippets', () => {
  test('one that would be refused is found', () => {
    expect(problemsIn('kind: segment\nid: a\nname: A\ncondition: { a: { $near: 1 } }')).toHaveLength(1);
    const unknownGoal = 'kind: campaign\nid: a\nname: A\nobjective: { goal: order }\nplacements: [hero]\narms:\n';
    expect(problemsIn(`${unknownGoal}  - { id: b, content: {} }`)).toEqual([expect.stringContaining('/campaigns/a')]);
  });

  const snippets = projectFiles()
    .filter((file) => /^README\.md$|^docs\/(guides|operating|reference)\/.*\.md$/.test(file))
    .flatMap((file) =>
      codeBlocks(readProjectFile(file), 'yaml')
        .filter((yaml) => /^kind: /m.test(yaml) || file.startsWith(FOLDER))
        .map((yaml) => ({ yaml, title: `${file}, ${/^id: .*/m.exec(yaml)?.[0]}` })),
    );
  const isFragment = ({ yaml }: { yaml: string }) => yaml.startsWith('# Fragment');

  test.each(snippets.filter((one) => !isFragment(one)))(
    '$title: can be pushed to the demo as it stands',
    ({ yaml }) => {
      expect(problemsIn(yaml)).toEqual([]);
    },
  );

  test.each(snippets.filter(isFragment))('$title: is refused, as its first line says', ({ yaml }) => {
    expect(problemsIn(yaml)).not.toEqual([]);
  });
});

describe('words', () => {
  const words = readProjectFile('docs/guides/words.md');
  const plain = ['policies/index', 'success', 'phases', 'parameters', 'budgets'].map(
    (page) => `docs/guides/${page}.md`,
  );

  test.each(plain)('%s leads to the page that explains them', (page) => {
    expect(linksOf(readProjectFile(page)).filter((link) => /^(\.\.\/)?words\.md$/.test(link))).not.toEqual([]);
  });

  test.each(['arm', 'trial', 'P(best)', 'floor', '±', 'lost', 'half-life', 'pool', 'reserved'])(
    '%s is explained',
    (word) => {
      expect(words).toContain(`\n| ${word} |`);
    },
  );
});

describe('pictures', () => {
  const pictures = guidePictures();

  test('of policies are those of the script, and no other', () => {
    const drawn = pictures.map(({ file }) => file).filter((file) => file.startsWith('policies/'));
    expect(files.filter((file) => file.endsWith('.svg')).map((file) => `policies/${file}`)).toEqual(drawn.toSorted());
  });

  test.each(pictures)('$file is what the policy draws today (`npm run draw:guides`)', ({ file, svg }) => {
    expect(readProjectFile(`docs/guides/${file}`)).toBe(svg);
  });
});
