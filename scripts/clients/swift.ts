/** The model in Swift: Foundation alone, `Codable` and `async`. */
import { readFileSync } from 'node:fs';
import type { Field, Model, Operation, Record_, Type } from './model.ts';

/** Words of the language that fields may be called. */
const RESERVED = new Set(['in', 'is', 'as', 'class', 'struct', 'default', 'case', 'extension', 'protocol', 'operator']);
const named = (name: string): string => (RESERVED.has(name) ? `\`${name}\`` : name);

const SIMPLE = { text: 'String', number: 'Double', integer: 'Int', flag: 'Bool', json: 'JSONValue' } as const;

function typeName(type: Type): string {
  if (type.kind === 'list') return `[${typeName(type.of)}]`;
  if (type.kind === 'map') return `[String: ${typeName(type.of)}]`;
  return type.kind === 'record' ? type.name : SIMPLE[type.kind];
}

const comment = (text: string | undefined): string => (text ? `    /// ${text.replaceAll('\n', ' ')}\n` : '');
const declared = ({ type, isRequired }: Field): string => `${typeName(type)}${isRequired ? '' : '?'}`;

function recordText({ name, fields }: Record_): string {
  const ordered = [...fields].sort((a, b) => Number(b.isRequired) - Number(a.isRequired));
  const stored = fields.map(
    (field) => `${comment(field.about)}    public var ${named(field.name)}: ${declared(field)}`,
  );
  const taken = ordered.map((field) => `${named(field.name)}: ${declared(field)}${field.isRequired ? '' : ' = nil'}`);
  const kept = fields.map((field) => `        self.${named(field.name)} = ${named(field.name)}`);
  return `public struct ${name}: Codable, Sendable {\n${stored.join('\n')}\n
    public init(${taken.join(', ')}) {\n${kept.join('\n')}\n    }\n}\n`;
}

const operationText = ({ name, path, about, request, response }: Operation): string =>
  `${comment(`${about}: \`POST ${path}\`. Throws \`HyperedgeError\`.`)}    public func ${name}(_ request: ${request}) async throws -> ${response} {
        try await post("${path}", request)
    }
`;

/** Files by name: `Models.swift`, `Client.swift` and the runtime both stand on. */
export function swiftClient({ records, operations }: Model): Map<string, string> {
  const head = '// Generated from the OpenAPI document of Hyperedge.\nimport Foundation\n\n';
  const runtime = readFileSync(new URL('./Runtime.swift', import.meta.url), 'utf8');
  const client = `/// Calls of an app.\nextension HyperedgeClient {\n${operations.map(operationText).join('\n')}}\n`;
  return new Map([
    ['Models.swift', head + records.map(recordText).join('\n')],
    ['Client.swift', head + client],
    ['Runtime.swift', runtime],
  ]);
}
