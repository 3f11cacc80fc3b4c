import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { KIND_NAMES } from '../contract/configuration/index.ts';
import { checkDocuments } from './documents/check.ts';
import { readDocuments } from './documents/read.ts';
import { allSchemas, schemaText } from './schemas.ts';

const examples = join(import.meta.dirname, '../examples');

describe('examples/schemas', () => {
  test('are those of the contract: npm run hyperedge -- schema --write examples/schemas', () => {
    const files = new Map(
      readdirSync(join(examples, 'schemas')).map((name) => [
        name,
        readFileSync(join(examples, 'schemas', name), 'utf8'),
      ]),
    );
    expect(files).toEqual(new Map([...allSchemas()].map(([name, schema]) => [name, schemaText(schema)])));
  });

  test('cover every kind', () => {
    for (const kind of KIND_NAMES) expect(allSchemas().has(`${kind}.json`)).toBe(true);
  });
});

describe('the example campaigns', () => {
  const { documents, findings } = readDocuments([join(examples, 'shop/campaigns')]);
  const ajv = new Ajv({ strict: false });
  for (const [name, schema] of allSchemas()) ajv.addSchema(schema, name);
  const accepts = ajv.getSchema('document.json')!;

  test('follow the contract and the schemas that editors check them by', () => {
    expect(findings).toEqual([]);
    expect(checkDocuments(documents).findings).toEqual([]);
    for (const { value } of documents) expect(accepts(value), JSON.stringify(accepts.errors)).toBe(true);
  });

  test('an unknown field, kind or value is refused by the schemas as well', () => {
    const goal = { kind: 'goal', id: 'g', name: 'G' };
    expect(accepts(goal)).toBe(true);
    expect(accepts({ ...goal, colour: 'red' })).toBe(false);
    expect(accepts({ ...goal, kind: 'gaol' })).toBe(false);
    expect(accepts({ ...goal, source: 'client' })).toBe(false);
    expect(accepts({ id: 'g', name: 'G' })).toBe(false);
  });
});
