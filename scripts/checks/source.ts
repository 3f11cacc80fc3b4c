/** The text of `contract/checks/requests.ts`, made from the schemas. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as z from 'zod';
import * as decisions from '../../contract/decisions.ts';
import * as events from '../../contract/events.ts';
import * as device from '../../contract/models/device.ts';
import * as primitives from '../../contract/primitives.ts';
import { requests } from '../../contract/requests.ts';
import * as rules from '../../contract/rules.ts';
import { absentOf, expressionOf, type Names } from './expression.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where the text belongs, from the project's folder. */
export const TARGET = 'contract/checks/requests.ts';

type Schema = z.core.$ZodType;

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && '_zod' in value;

/** Schemas that the contract has under a name have it here, too; requests themselves are written in their place. */
function namedSchemas(): Map<Schema, string> {
  const own = new Set<unknown>(Object.values(requests));
  const named = new Map<Schema, string>();
  for (const module of [primitives, decisions, events, device])
    for (const [name, value] of Object.entries(module))
      if (isSchema(value) && !own.has(value)) named.set(insideOf(value), name);
  return named;
}

/** An optional schema is one whose field may be absent: what is named is what the field has. */
function insideOf(schema: Schema): Schema {
  const { type, innerType } = schema._zod.def as { type: string; innerType?: Schema };
  return type === 'optional' && innerType ? innerType : schema;
}

const constantOf = (name: string, text: string): string => `const ${name} = ${text};\n`;

function checkOf(name: string, schema: Schema, names: Names): string {
  const given = [JSON.stringify(name), expressionOf(schema, names, true), absentOf(schema)].filter(Boolean);
  return `export const ${name}: Check<Requests['${name}']> = check(${given.join(', ')});\n`;
}

/** Every named schema that is used, those that others use before them. */
function constants(names: Names): string[] {
  const written = new Map<Schema, string>();
  const write = (schema: Schema, name: string): void => {
    if (written.has(schema)) return;
    const before = new Set(names.used.schemas);
    names.used.schemas.clear();
    const text = expressionOf(schema, {
      ...names,
      ofSchema: (one) => (one === schema ? undefined : names.ofSchema(one)),
    });
    for (const needed of [...names.used.schemas]) write(needed, names.ofSchema(needed) as string);
    for (const one of before) names.used.schemas.add(one);
    written.set(schema, constantOf(name, text));
  };
  for (const schema of [...names.used.schemas]) write(schema, names.ofSchema(schema) as string);
  return [...written.values()];
}

const HEADER = `/**
 * Checks of the requests that the worker in front takes. Made from the schemas of \`contract/requests.ts\`: change those, then \`npm run checks\`.
 */
`;

function formatted(source: string): string {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const given = [biome, 'check', '--write', `--stdin-file-path=${TARGET}`];
  return execFileSync(process.execPath, given, { cwd: root, input: source, encoding: 'utf8' });
}

/** The file as it should be. */
export function checksSource(): string {
  const schemas = namedSchemas();
  const ruleNames = new Map<unknown, string>(Object.entries(rules).map(([name, rule]) => [rule, name]));
  const names: Names = {
    ofSchema: (schema) => schemas.get(schema),
    ofRule: (rule) => ruleNames.get(rule),
    used: { schemas: new Set(), parts: new Set(['check']), rules: new Set() },
  };
  const checks = Object.entries(requests).map(([name, schema]) => checkOf(name, schema, names));
  const before = constants(names);
  const imports = [
    `import type { Requests } from '../requests.ts';`,
    `import { ${[...names.used.rules].sort().join(', ')} } from '../rules.ts';`,
    `import { type Check, ${[...names.used.parts].sort().join(', ')} } from './check.ts';`,
  ];
  return formatted([HEADER + imports.join('\n'), ...before, ...checks].join('\n'));
}
