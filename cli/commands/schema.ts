/** `schema`: writes the JSON Schemas of configuration documents, or prints them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, usageFailure } from '../failure.ts';
import { allSchemas, schemaText } from '../schemas.ts';

/** Writes every schema into a folder. */
export function writeSchemas(folder: string): number {
  mkdirSync(folder, { recursive: true });
  for (const [name, schema] of allSchemas()) writeFileSync(join(folder, name), schemaText(schema));
  process.stdout.write(`${allSchemas().size} schemas in ${folder}\n`);
  return EXIT.ok;
}

/** Prints the schema of one kind, or of any document. */
export function printSchema(kind: string): number {
  const schema = allSchemas().get(`${kind}.json`);
  if (!schema) throw usageFailure(`There is no kind "${kind}"`);
  process.stdout.write(schemaText(schema));
  return EXIT.ok;
}
