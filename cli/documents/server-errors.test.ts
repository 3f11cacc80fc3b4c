import { expect, test } from 'vitest';
import { checkDocuments } from './check.ts';
import { locateServerError } from './server-errors.ts';
import { formatFinding } from './source.ts';
import { parseYaml } from './yaml.ts';

const text = `kind: goal
id: buy
name: Buy
---
kind: segment
id: s
name: S
condition:
  $or:
    - plan: gold
    - a/b: { $gt: 1 }
---
kind: settings
currency: EUR
`;
const { documents } = checkDocuments(parseYaml('a.yaml', text).documents);

test.each([
  ['/documents/1/condition/$or/0/plan', 'a.yaml:10:13: no'],
  ['/documents/1/condition/$or/1/a~1b/$gt', 'a.yaml:11:19: no'],
  ['/segments/s/condition/$or/0', 'a.yaml:10:7: no'],
  ['/segments/s/name', 'a.yaml:7:7: no'],
  ['/goals/buy/missing', 'a.yaml:1:1: no'],
  ['/settings/currency', 'a.yaml:14:11: no'],
  ['/settings/workspace/currency', 'a.yaml:14:11: no'],
])('%s is brought home to its line and column', (field, expected) => {
  const finding = locateServerError({ field, detail: 'no' }, documents, documents);
  expect(finding && formatFinding(finding)).toBe(expected);
});

test.each(['/campaigns/elsewhere/arms', '/documents/9/id', '/note', ''])(
  '%s is about nothing in the files',
  (field) => {
    expect(locateServerError({ field, detail: 'no' }, documents, documents)).toBeUndefined();
  },
);
