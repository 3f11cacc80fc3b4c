import { describe, expect, test } from 'vitest';
import { checkDocuments } from './check.ts';
import { parseJsonc } from './jsonc.ts';
import { formatFinding, sortFindings } from './source.ts';
import { parseYaml } from './yaml.ts';

function findingsOf(file: string, text: string): string[] {
  const parsed = (file.endsWith('.yaml') ? parseYaml : parseJsonc)(file, text);
  return sortFindings([...parsed.findings, ...checkDocuments(parsed.documents).findings]).map(formatFinding);
}

const CAMPAIGN = 'kind: campaign\nid: c\nname: C\nobjective: { goal: click }\nplacements: [hero]\n';
const GOAL = 'kind: goal\nid: g\nname: G\n';

describe('YAML files', () => {
  test('several documents in one file, comments and blanks between them', () => {
    const { documents } = parseYaml(
      'a.yaml',
      `# first\n${GOAL}---\n\n---\nkind: segment\nid: s\nname: S\ncondition: {}\n`,
    );
    expect(checkDocuments(documents).documents.map(({ kind, id }) => [kind, id])).toEqual([
      ['goal', 'g'],
      ['segment', 's'],
    ]);
  });

  test("a site's own kind is called siteKind beside the document's", () => {
    const text = 'kind: site\nid: s\nname: S\nsiteKind: web\norigins: [https://shop.example]\n';
    const [site] = checkDocuments(parseYaml('a.yaml', text).documents).documents;
    expect(site).toMatchObject({ kind: 'site', body: { kind: 'web', id: 's' } });
  });

  test.each([
    ['an unknown field, at its key', `${GOAL}colour: red\n`, 'a.yaml:4:1: "colour" is not a known field'],
    ['a wrong value, at the value', `${GOAL}window: 3x\n`, 'a.yaml:4:9: "window" must be a duration like'],
    ['a missing field, at the document', 'kind: goal\nid: g\n', 'a.yaml:1:1: "name" is required (string)'],
    ['an unknown kind', 'kind: campaing\n', 'a.yaml:1:7: "kind" must be one of campaign, segment'],
    ['a misspelt kind, with the one that was meant', 'kind: campaing\n', 'settings. Did you mean "campaign"?'],
    ['a kind that is no text', 'kind: 3\n', 'a.yaml:1:7: "kind" must be one of campaign, segment'],
    ['a misspelt field', `${GOAL}widow: 3d\n`, 'a.yaml:4:1: "widow" is not a known field: did you mean "window"?'],
    ['a share in percent', `${CAMPAIGN}holdout: 10\n`, 'a.yaml:6:10: "holdout" must be at most 0.5: 10 % is 0.1'],
    ['a site of unknown kind', 'kind: site\nid: s\nname: S\nsiteKind: shop\n', 'a.yaml:4:11: "siteKind" '],
    ['a document without kind', 'id: g\n', 'a.yaml:1:1: "kind" is missing; it must be one of'],
    ['a document that is no object', '- 1\n', 'a.yaml:1:1: a document must be an object'],
    ['a second document, at its own lines', `${GOAL}---\n${GOAL}x: 1\n`, 'a.yaml:8:1: "x" is not a known field'],
    ['the same kind and id twice', `${GOAL}---\n${GOAL}`, 'a.yaml:6:5: goal "g" is already in a.yaml:2'],
    [
      'a condition that cannot be read, at its operator',
      'kind: segment\nid: s\nname: S\ncondition:\n  geo.country: { $in: [DE] }\n  $where: 1\n',
      'a.yaml:6:11: "condition.$where" is not an operator',
    ],
    [
      'an arm twice, at the second',
      `${CAMPAIGN}arms:\n  - { id: a, content: { text: A } }\n  - { id: b, content: { text: B } }\n  - { id: a, content: { text: C } }\n`,
      'a.yaml:9:11: "arms.2.id" must be unique: "a" is there already',
    ],
    [
      'a context twice, at the second',
      `${CAMPAIGN}arms: [{ id: a, content: { text: A } }]\ncontexts:\n  - { id: x, condition: {} }\n  - { id: x, condition: {} }\n`,
      'a.yaml:9:11: "contexts.1.id" must be unique: "x" is there already',
    ],
    ['a key written twice', `${GOAL}name: H\n`, 'a.yaml:4:1: this field is written twice'],
    ['a line indented too far', 'kind: goal\n id: g\n', 'a.yaml:2:1: this line is indented differently'],
    ['a line indented too far, after a list', 'a:\n  - b\n c: d\n', 'a.yaml:3:1: this line is indented differently'],
    ['an item indented too little', 'a:\n  - b\n - c\n', 'a.yaml:3:1: this line is indented differently'],
    ['a tab', 'a:\n\tb: c\n', 'a.yaml:2:1: this line is indented with a tab: use spaces'],
    ['a second colon', 'name: Buy: now\n', 'a.yaml:1:7: there is a second ": " in this value: put the text in quotes'],
    ['a line without a colon', 'id: g\nname\nwindow: 3d\n', 'a.yaml:2:1: this line is neither "field: value"'],
    ['a colon without a space', 'kind:goal\nid: g\n', 'a.yaml:1:1: this line is neither "field: value"'],
    ['a quote that is not closed', 'name: "x\nid: g\n', 'a text in quotes is not closed'],
    ['a list that is not closed', 'a: [b, c\nid: g\n', 'a.yaml:2:1: a list in [ ]'],
    ['a character that begins no text', 'name: @x\n', 'a.yaml:1:7: a text that starts with this character must be in'],
    ['an alias', 'kind: goal\nid: &a g\nname: *a\n', 'a.yaml:3:7: aliases are not supported'],
    [
      'a key that reaches a prototype',
      `${GOAL}__proto__: { a: 1 }\n`,
      'a.yaml:4:1: a field must not be called "__proto__"',
    ],
  ])('%s', (_, text, expected) => {
    expect(findingsOf('a.yaml', text)[0]).toContain(expected);
  });

  test('one slip is told once, in words of its own, and two slips are two', () => {
    const stray = 'kind: goal\nid: g\n  name: G\nwindow: 3d\n';
    const words =
      'this line is indented differently from what it belongs to: fields of one object start in the same column';
    expect(findingsOf('a.yaml', stray)).toEqual([`a.yaml:3:1: ${words}`]);
    const two = findingsOf('a.yaml', `${stray}description: a: b\n`).map((line) => line.split(': ')[0]);
    expect(two).toEqual(['a.yaml:3:1', 'a.yaml:5:14']);
  });

  test('errors deep in a campaign stand where they are, all of them, from top to bottom', () => {
    const text = [
      'kind: campaign',
      'id: c',
      'name: C',
      'objective: { goal: G }',
      'placements: [hero]',
      'strategy: { policy: thomson }',
      'arms:',
      '  - id: a',
      '    content: { href: "javascript:alert(1)", parts: { Title: {} } }',
      '    colour: red',
    ].join('\n');
    const places = findingsOf('a.yaml', text).map((finding) => finding.split(': ')[0]);
    expect(places).toEqual(['a.yaml:4:20', 'a.yaml:6:21', 'a.yaml:9:22', 'a.yaml:9:54', 'a.yaml:10:5']);
  });
});

describe('JSON files', () => {
  test('comments, trailing commas and an array of documents', () => {
    const text = '[ // two\n {"kind":"goal","id":"g","name":"G",},\n {"kind":"goal","id":"h","name":"H"},\n]';
    expect(checkDocuments(parseJsonc('a.jsonc', text).documents).documents.map(({ id }) => id)).toEqual(['g', 'h']);
  });

  test.each([
    [
      'an unknown field, at its key',
      '{\n  "kind": "goal", "id": "g", "name": "G",\n  "x": 1\n}',
      'a.json:3:3: "x" is not a known field',
    ],
    ['a wrong value', '{"kind":"goal","id":"g","name":"G",\n"window": 3}', 'a.json:2:11: "window" must be a string'],
    ['a key written twice', '{"kind":"goal",\n"kind":"goal"}', 'a.json:2:1: "kind" is written twice'],
    ['a missing comma', '{"kind":"goal"\n"id":"g"}', 'a.json:2:1: comma expected'],
    ['an empty file', '', 'a.json:1:1: value expected'],
  ])('%s', (_, text, expected) => {
    expect(findingsOf('a.json', text)[0]).toContain(expected);
  });
});
