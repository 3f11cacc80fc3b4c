/** JSON Schemas of the documents in files, generated from the contract, for editors. */
import * as z from 'zod';
import { KIND_NAMES, KINDS, type Kind } from '../contract/configuration/index.ts';
import { modelManifest } from '../contract/models/manifest.ts';
import { replayMap } from './replay/map.ts';
import { testsMap } from './replay/tests/map.ts';
import { worldFile } from './simulate/world.ts';

type JsonSchema = Record<string, unknown>;

/** The schema of one kind as it is written in a file: its input form, with `kind` among its fields. */
export function schemaOfKind(kind: Kind): JsonSchema {
  // Draft 7 is what editors' YAML support is surest of.
  const schema = z.toJSONSchema(KINDS[kind].schema, { io: 'input', target: 'draft-7' }) as JsonSchema;
  const { $ref, definitions, ...own } = schema;
  // A schema with an id stands among the definitions: its fields must stand beside `kind`, since no others are allowed.
  const { [String($ref).split('/').at(-1)!]: named, ...others } = (definitions ?? {}) as Record<string, JsonSchema>;
  const { properties, required, ...rest } = { ...own, ...named };
  const { kind: siteKind, ...fields } = properties as JsonSchema;
  const needed = ((required as string[] | undefined) ?? []).map((name) => (name === 'kind' ? 'siteKind' : name));
  return {
    ...rest,
    properties: { kind: { const: kind }, ...(siteKind === undefined ? {} : { siteKind }), ...fields },
    required: ['kind', ...needed],
    ...(Object.keys(others).length === 0 ? {} : { definitions: others }),
  };
}

/** Every schema by file name; `document.json` is any kind, chosen by `kind`; `replay-map.json` is the map of a replay, `world.json` a world of a simulation, `model-manifest.json` what a model declares. */
export function allSchemas(): ReadonlyMap<string, JsonSchema> {
  const files = new Map<string, JsonSchema>(KIND_NAMES.map((kind) => [`${kind}.json`, schemaOfKind(kind)]));
  files.set(
    'replay-map.json',
    z.toJSONSchema(z.union([...replayMap.options, testsMap]), { io: 'input', target: 'draft-7' }) as JsonSchema,
  );
  files.set('world.json', z.toJSONSchema(worldFile, { io: 'input', target: 'draft-7' }) as JsonSchema);
  files.set('model-manifest.json', z.toJSONSchema(modelManifest, { io: 'input', target: 'draft-7' }) as JsonSchema);
  return files.set('document.json', {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A Hyperedge configuration document',
    type: 'object',
    properties: { kind: { enum: KIND_NAMES } },
    required: ['kind'],
    allOf: KIND_NAMES.map((kind) => ({
      if: { properties: { kind: { const: kind } }, required: ['kind'] },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword; nothing awaits this object
      then: { $ref: `${kind}.json` },
    })),
  });
}

/** The text of a schema file. */
export function schemaText(schema: JsonSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
