/** The model in Kotlin: the standard library and `HttpURLConnection` alone, for Android and any JVM. */
import { readFileSync } from 'node:fs';
import type { Field, Model, Operation, Record_, Type } from './model.ts';

/** Words of the language that fields may be called. */
const RESERVED = new Set(['object', 'in', 'is', 'when', 'val', 'var', 'fun', 'class', 'typealias', 'interface']);
const named = (name: string): string => (RESERVED.has(name) || !/^[A-Za-z]\w*$/.test(name) ? `\`${name}\`` : name);

const SIMPLE = { text: 'String', number: 'Double', integer: 'Long', flag: 'Boolean', json: 'Any?' } as const;

function typeName(type: Type): string {
  if (type.kind === 'list') return `List<${typeName(type.of)}>`;
  if (type.kind === 'map') return `Map<String, ${typeName(type.of)}>`;
  return type.kind === 'record' ? type.name : SIMPLE[type.kind];
}

/** An expression that reads a JSON value as this type; null when it is something else. */
function read(type: Type, value: string): string {
  switch (type.kind) {
    case 'text':
      return `${value} as? String`;
    case 'number':
      return `(${value} as? Number)?.toDouble()`;
    case 'integer':
      return `(${value} as? Number)?.toLong()`;
    case 'flag':
      return `${value} as? Boolean`;
    case 'json':
      return value;
    case 'list':
      return `(${value} as? List<*>)?.mapNotNull { ${read(type.of, 'it')} }`;
    case 'map':
      return `Json.map(${value}) { ${read(type.of, 'it')} }`;
    case 'record':
      return `(${value} as? Map<*, *>)?.let { ${type.name}.of(it) }`;
  }
}

/** An expression that makes JSON of a value of this type. */
function write(type: Type, value: string): string {
  if (type.kind === 'record') return `${value}.toJson()`;
  if (type.kind === 'list') return `${value}.map { ${write(type.of, 'it')} }`;
  if (type.kind === 'map') return `${value}.mapValues { ${write(type.of, 'it.value')} }`;
  return value;
}

const isOptional = ({ type, isRequired }: Field): boolean => !isRequired && type.kind !== 'json';
const comment = (text: string | undefined, indent: string): string =>
  text ? `${indent}/** ${text.replaceAll('*/', '* /').replaceAll('\n', ' ')} */\n` : '';

function recordText({ name, fields }: Record_): string {
  if (fields.length === 0)
    return `class ${name} {\n    fun toJson(): Map<String, Any?> = emptyMap()\n    companion object {\n        fun of(json: Map<*, *>): ${name} = ${name}()\n    }\n}\n`;
  const ordered = [...fields].sort((a, b) => Number(b.isRequired) - Number(a.isRequired));
  const declared = ordered.map((field) => {
    const { type, isRequired, about } = field;
    const rest = isRequired ? '' : isOptional(field) ? '? = null' : ' = null';
    return `${comment(about, '    ')}    val ${named(field.name)}: ${typeName(type)}${rest}`;
  });
  const written = fields.map((field) => {
    const { type, isRequired } = field;
    const value =
      isRequired || !isOptional(field)
        ? write(type, named(field.name))
        : `${named(field.name)}?.let { ${write(type, 'it').replaceAll('it.map { it }', 'it')} }`;
    return `        "${field.name}" to ${value}`;
  });
  const taken = fields.map((field) => {
    const value = read(field.type, `json["${field.name}"]`);
    const must =
      field.isRequired && field.type.kind !== 'json' ? `Json.must("${name}.${field.name}", ${value})` : value;
    return `            ${named(field.name)} = ${must}`;
  });
  return `data class ${name}(\n${declared.join(',\n')}\n) {
    fun toJson(): Map<String, Any?> = mapOf(\n${written.join(',\n')}\n    ).filterValues { it != null }

    companion object {
        fun of(json: Map<*, *>): ${name} = ${name}(\n${taken.join(',\n')}\n        )
    }
}
`;
}

const operationText = ({ name, path, about, request, response }: Operation): string =>
  `${comment(`${about}: \`POST ${path}\`. Throws [HyperedgeException].`, '    ')}    fun ${name}(request: ${request}): ${response} = ${response}.of(post("${path}", request.toJson()))\n`;

/** Files by name: `Models.kt`, `Client.kt` and the runtime both stand on. */
export function kotlinClient({ records, operations }: Model): Map<string, string> {
  const head = '// Generated from the OpenAPI document of Hyperedge.\npackage dev.hyperedge\n\n';
  const runtime = readFileSync(new URL('./Runtime.kt', import.meta.url), 'utf8');
  const client = `/** Calls of an app. They wait for the network: not on the main thread. */
class HyperedgeClient(api: String, key: String, timeoutMs: Int = 1000) : HyperedgeCalls(api, key, timeoutMs) {
${operations.map(operationText).join('\n')}}
`;
  return new Map([
    ['Models.kt', head + records.map(recordText).join('\n')],
    ['Client.kt', head + client],
    ['Runtime.kt', runtime],
  ]);
}
