/** What the documents say of the code, checked against it: links, commands, reasons, problems, limits, snippets. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UNEXPLAINED } from '../../contract/models/explanations.ts';
import { PROBLEMS } from '../../contract/problem.ts';
import { DEVICE_OBSTACLES, DEVICE_REFUSALS, NOT_IN_BUNDLE } from '../../decisioning/device/reasons.ts';
import { EVENT_REJECTIONS, REFUSAL_REASONS } from '../../decisioning/reasons.ts';
import { declaredEndpoints, fieldsOf, limitsInCode, unionMembers } from './docs/code.ts';
import { anchorsOf, codeBlocks, columnOf, linksOf, rowsUnder } from './docs/markdown.ts';
import { projectFiles, projectRoot, readProjectFile } from './tidy/files.ts';

const documents = projectFiles().filter((file) => /^(README|CHANGELOG)\.md$|^(docs|examples)\/.*\.md$/.test(file));
const textOf = (file: string): string => readProjectFile(file);
const REASONS = textOf('docs/reference/reasons.md');
const API = textOf('docs/reference/api.md');
const IDENTITY = textOf('docs/guides/identity-and-keys.md');

/** Links of one document that lead nowhere: a file that is not there, or a heading that is not in it. */
function brokenLinks(file: string, text: string): string[] {
  return linksOf(text).filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : normalize(join(dirname(file), path));
    if (!existsSync(join(projectRoot, target))) return true;
    return anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor);
  });
}

/** `npm start`, `npm test` and `npm run NAME` that package.json does not know. */
function unknownCommands(text: string): string[] {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const named = [...text.matchAll(/\bnpm (?:run (?:-s |--silent )?([\w:-]+)|(start|test)\b)/g)];
  return named.map(([, run, short]) => run ?? short ?? '').filter((name) => !Object.hasOwn(scripts, name));
}

/** What the quick start sets for everything that follows it. */
const USUAL_VARIABLES = ['BASE', 'HYPEREDGE_SECRET_KEY'];
const QUICK_START = 'quickstart.md#2-address-and-keys';

/** Variables of a document's commands that nothing says: not set in one of them, not explained in its text, and not the quick start's with a link to it. */
function unsetVariables(file: string, text: string): string[] {
  const commands = codeBlocks(text, 'sh').join('\n');
  const leadsThere = text.includes(QUICK_START) || file === 'docs/guides/quickstart.md';
  const named = [...commands.matchAll(/\$\{?([A-Za-z]\w*)/g)].map(([, name]) => name!);
  return [...new Set(named)].filter(
    (name) =>
      !new RegExp(`\\b${name}=|\\bfor ${name} in\\b`).test(commands) &&
      !text.includes(`\`$${name}\``) &&
      !(leadsThere && USUAL_VARIABLES.includes(name)),
  );
}

/** Files that the keys of a new workspace are kept in. */
const keyFiles = (text: string): string[] =>
  [...text.matchAll(/workspace create [^\n]*?\|\s*tee ([\w./-]+)/g)].map(([, file]) => file!);

describe('links and commands', () => {
  test('a link to nowhere, a missing heading and an unknown command are found', () => {
    expect(brokenLinks('docs/a.md', '[x](nowhere.md) [y](architecture.md#no-such) [z](architecture.md)')).toHaveLength(
      2,
    );
    expect(unknownCommands('`npm start`, `npm run nothing`')).toEqual(['nothing']);
  });

  test.each(documents)('%s links to what is there and names commands that exist', (file) => {
    expect(brokenLinks(file, textOf(file))).toEqual([]);
    expect(unknownCommands(textOf(file))).toEqual([]);
  });

  test.each(documents)('%s sets every variable of its commands, or says where', (file) => {
    expect(unsetVariables(file, textOf(file))).toEqual([]);
  });

  test('a variable that nothing sets is found; one that is set, explained, or set by the quick start is none', () => {
    const block = (command: string) => `\`\`\`sh\n${command}\n\`\`\``;
    expect(unsetVariables('docs/a.md', block('curl $URL/x'))).toEqual(['URL']);
    expect(unsetVariables('docs/a.md', block('curl $BASE/x'))).toEqual(['BASE']);
    expect(unsetVariables('docs/a.md', `[x](${QUICK_START})\n${block('curl $BASE/x')}`)).toEqual([]);
    expect(unsetVariables('docs/a.md', `\`$URL\` is an address\n${block('ID=1\ncurl $URL/$ID')}`)).toEqual([]);
  });

  test('keys go into files that git ignores', () => {
    const files = documents.flatMap((file) => keyFiles(textOf(file)));
    expect(files).not.toEqual([]);
    for (const file of files)
      expect(spawnSync('git', ['check-ignore', '-q', file], { cwd: projectRoot }).status, file).toBe(0);
  });

  test.each(documents)('%s names files of the project that are there', (file) => {
    const rooms =
      'contract|decisioning|db|durable-objects|worker|client-snippet|cli|simulations|scripts|tests|examples|docs|migrations';
    const named = [...textOf(file).matchAll(new RegExp(`\`((?:${rooms})/[\\w./-]*)\``, 'g'))].map(([, path]) => path!);
    // What a build makes is not in the project.
    expect(named.filter((path) => !path.includes('/dist/') && !existsSync(join(projectRoot, path)))).toEqual([]);
  });
});

describe('closed lists', () => {
  test('reasons of refusals, in their order', () => {
    expect(columnOf(rowsUnder(REASONS, 'Why a campaign was not chosen'), 0)).toEqual([...REFUSAL_REASONS]);
  });

  test('reasons of events', () => {
    expect(columnOf(rowsUnder(REASONS, 'Why an event was not credited'), 0)).toEqual([...EVENT_REJECTIONS]);
  });

  test.each([
    ['Why a campaign is not for devices', DEVICE_OBSTACLES],
    ['Why a placement is not in a bundle', NOT_IN_BUNDLE],
    ["Why a device's decision is refused", DEVICE_REFUSALS],
  ])('%s', (heading, inCode) => {
    expect(columnOf(rowsUnder(REASONS, heading), 0)).toEqual([...inCode]);
  });

  test('reasons of conditions, counters and patterns', () => {
    const written = columnOf(rowsUnder(REASONS, 'Why a condition is refused'), 0);
    const inCode = [
      ...unionMembers('decisioning/segments/read-context.ts', 'ConditionReason'),
      ...unionMembers('decisioning/segments/counter-paths.ts', 'CounterProblem'),
      ...unionMembers('decisioning/segments/regex/syntax.ts', 'RegexProblem'),
    ];
    expect(written.toSorted()).toEqual(inCode.toSorted());
  });

  test('reasons of manifests', () => {
    expect(columnOf(rowsUnder(REASONS, "Why a model's manifest is refused"), 0)).toEqual(
      unionMembers('decisioning/scoring/check.ts', 'ManifestReason'),
    );
  });

  test('reasons of scores without explanation', () => {
    expect(columnOf(rowsUnder(REASONS, 'Why a score is not explained'), 0)).toEqual([...UNEXPLAINED]);
  });

  test('problems and their statuses', () => {
    const written = rowsUnder(API, 'Problems').map((row) => `${columnOf([row], 0)[0]} ${row[1]}`);
    expect(written).toEqual(Object.entries(PROBLEMS).map(([name, { status }]) => `${name} ${status}`));
  });

  test('endpoints and the keys they take', () => {
    const written = rowsUnder(API, 'Endpoints').map((row) => `${columnOf([row], 0)[0]} ${row[1]}`);
    expect(written.toSorted()).toEqual(declaredEndpoints().toSorted());
  });
});

describe('fields of configuration', () => {
  const guide = textOf('docs/guides/campaigns.md');

  test('every field of a campaign and of its arms has a row with its default, and no other', () => {
    const [own, arm] = [fieldsOf('campaign'), fieldsOf('campaign', 'arms')];
    const rows = rowsUnder(guide, 'campaign').flatMap(([names = '', , fallback = '']) =>
      names.split(', ').map((name) => ({ name: name.replaceAll('`', ''), fallback: fallback.replaceAll('`', '') })),
    );
    expect(rows.map(({ name }) => name).toSorted()).toEqual([...own, ...arm].map(({ name }) => name).toSorted());
    const wrong = [...own, ...arm].filter(
      ({ name, fallback }) =>
        fallback !== undefined && !rows.some((row) => row.name === name && row.fallback === fallback),
    );
    expect(wrong).toEqual([]);
  });

  test('every field of a parameter and of its values has a row with its default, and no other', () => {
    const inCode = [...fieldsOf('campaign', 'parameters'), ...fieldsOf('campaign', 'parameters.values')];
    const rows = rowsUnder(guide, 'parameters').flatMap(([names = '', , fallback = '']) =>
      names.split(', ').map((name) => ({ name: name.replaceAll('`', ''), fallback })),
    );
    expect(rows.map(({ name }) => name).toSorted()).toEqual(inCode.map(({ name }) => name).toSorted());
    const wrong = inCode.filter(
      ({ name, fallback }) =>
        fallback !== undefined && !rows.some((row) => row.name === name && row.fallback === fallback),
    );
    expect(wrong).toEqual([]);
  });

  test('every field of the shorter kinds has a row with its default, and no other', () => {
    const rows = rowsUnder(guide, 'segment, placement, channel, goal, attribute, site, pool, stock, settings')
      .filter((row) => row.length === 4 && row[1]!.startsWith('`'))
      .filter(([kind]) => !kind!.startsWith('`'))
      .flatMap(([kind = '', names = '', , fallback = '']) =>
        names.split(', ').map((name) => ({ kind, name, fallback })),
      );
    const common = ['id', 'name', 'description'];
    const kinds = ['segment', 'placement', 'channel', 'goal', 'attribute', 'site', 'pool', 'stock', 'settings'];
    const inCode = kinds.flatMap((kind) => fieldsOf(kind).map((field) => ({ kind, ...field })));
    const wanted = inCode.filter(({ name }) => !common.includes(name));
    expect(rows.map(({ kind, name }) => `${kind} ${name.replaceAll('`', '')}`).toSorted()).toEqual(
      wanted.map(({ kind, name }) => `${kind} ${name}`).toSorted(),
    );
    const wrong = wanted.filter(
      ({ kind, name, fallback }) =>
        fallback !== undefined &&
        !rows.some(
          (row) => row.kind === kind && row.name === `\`${name}\`` && row.fallback.replaceAll('`', '') === fallback,
        ),
    );
    expect(wrong).toEqual([]);
  });
});

describe('bytes of what a site loads', () => {
  const measured = new Map(
    rowsUnder(textOf('docs/reference/measurements.md'), 'Bytes').map(([name = '', , minified, gzipped]) => [
      name,
      { minified, gzipped: gzipped! },
    ]),
  );
  const gzipped = (name: string) => measured.get(name)?.gzipped;

  test('are what was measured in the guide to the ways in', () => {
    const ways = columnOf(rowsUnder(textOf('docs/guides/page/install.md'), 'Three ways in'), 2);
    const told = ways.slice(0, 5).map((cell) => cell.match(/\d,?\d+/g));
    expect(told).toEqual([
      [gzipped('hyperedge.js'), gzipped('stub.js')],
      [gzipped('@hyperedge/client, one import'), gzipped('@hyperedge/client, all')],
      [gzipped('@hyperedge/client/react (beside React)')],
      [gzipped('edge.js')],
      [gzipped('@hyperedge/client/native (apps)')],
    ]);
  });

  test('are what was measured in the README', () => {
    const rows = rowsUnder(textOf('README.md'), 'Measured').filter((row) => row.length === 4);
    const told = new Map(rows.map(([name = '', , minified, bytes]) => [name, { minified, gzipped: bytes }]));
    expect(told.get('… decisions on the device, a lazy part')).toEqual(measured.get('device.js'));
    expect(told.get('Hyperedge, page script')).toEqual(measured.get('hyperedge.js'));
    expect(told.get('… all of it')).toEqual(measured.get('@hyperedge/client, all'));
    const others = [...told].filter(([name]) => /\d+\.\d+\.\d+$/.test(name));
    expect(others.length).toBeGreaterThan(3);
    for (const [name, bytes] of others) expect(bytes, name).toEqual(measured.get(name));
  });
});

describe('limits', () => {
  const written = rowsUnder(textOf('docs/reference/limits.md'), 'Limits').map(([name = '', number = '', , file = '']) =>
    `${file} ${name} ${numberOf(number)}`.replaceAll('`', ''),
  );

  test('every row has its limit, and every limit its row', () => {
    const inCode = limitsInCode().map(({ file, name, value }) => `${file} ${name} ${value}`);
    expect(inCode.length).toBeGreaterThan(100);
    expect(written.toSorted()).toEqual(inCode.toSorted());
  });
});

/** `16 KB` → 16384; `30 min` of a limit in ms → 1800000; limits in seconds are told by their name, see `limitsInCode`. */
function numberOf(text: string): number {
  const [, digits = '', unit = ''] = /^([\d,.]+) ?([a-zA-Z]*)$/.exec(text) ?? [];
  const factors: Record<string, number> = {
    '': 1,
    KB: 1_024,
    MB: 1_048_576,
    ms: 1,
    s: 1_000,
    min: 60_000,
    h: 3_600_000,
    days: 86_400_000,
  };
  return Number(digits.replaceAll(',', '')) * (factors[unit] ?? Number.NaN);
}

describe('proofs in other languages', () => {
  const expected = `1800000000.${createHmac('sha256', 's3cret').update('crm-4711\n1800000000').digest('base64url')}`;

  test('the example is right', () => {
    expect(codeBlocks(IDENTITY, '')).toContain(expected);
  });

  test('Node', () => {
    const call = "\nconsole.log(proofOf('s3cret', 'crm-4711', 1800000000));";
    const args = ['--input-type=module', '--eval', codeBlocks(IDENTITY, 'js')[0] + call];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()).toBe(expected);
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  test.skipIf(!python)('Python', () => {
    const call = "\nprint(proof_of('s3cret', 'crm-4711', 1800000000))";
    const script = codeBlocks(IDENTITY, 'python')[0] + call;
    expect(execFileSync('python3', ['-c', script], { encoding: 'utf8' }).trim()).toBe(expected);
  });

  const php = spawnSync('php', ['--version']).status === 0;
  test.skipIf(!php)('PHP', () => {
    const script = `${codeBlocks(IDENTITY, 'php')[0]}\necho proof_of('s3cret', 'crm-4711', 1800000000);`;
    expect(execFileSync('php', ['-r', script], { encoding: 'utf8' }).trim()).toBe(expected);
  });
});
