/** The guides for marketers against the code: a page for every policy, snippets that publish, pictures as the policies draw them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { KINDS, kindName } from '../../contract/configuration/index.ts';
import { strategy } from '../../contract/configuration/strategy.ts';
import { splitDocument } from '../../contract/publishing.ts';
import { guidePictures } from '../../scripts/drawings/pictures.ts';
import { codeBlocks, linksOf } from './docs/markdown.ts';
import { projectRoot, readProjectFile } from './tidy/files.ts';

const FOLDER = 'docs/guides/policies';
const files = readdirSync(join(projectRoot, FOLDER));
const pages = files.filter((file) => file.endsWith('.md'));
const textOf = (page: string) => readProjectFile(`${FOLDER}/${page}`);
const policies = strategy.options.map(({ shape }) => shape.policy.value);
const pageOf = (policy: string) => `${policy.replaceAll('_', '-')}.md`;

/** What is wrong with the documents of a YAML block. */
function problemsIn(yaml: string): string[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    const { kind, body } = splitDocument(document.toJS() as Record<string, unknown>);
    const checked = KINDS[kindName.parse(kind)].schema.safeParse(body);
    return checked.success ? [] : checked.error.issues.map(({ path, message }) => `${path.join('/')}: ${message}`);
  });
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
  });

  const others = ['success.md', 'phases.md', 'parameters.md'].map((page) => `docs/guides/${page}`);

  test.each([...pages.map((page) => `${FOLDER}/${page}`), ...others])(
    '%s: each is a document that is accepted',
    (page) => {
      expect(codeBlocks(readProjectFile(page), 'yaml').flatMap(problemsIn)).toEqual([]);
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
