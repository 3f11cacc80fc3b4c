/**
 * `npm run clients -- [ADDRESS or FILE] [FOLDER]`: clients for apps in Kotlin and Swift from an OpenAPI document, by default that of
 * `npm start`, into `examples/apps/dist/`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kotlinClient } from './clients/kotlin.ts';
import { type Document, modelOf } from './clients/model.ts';
import { swiftClient } from './clients/swift.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const running = join(root, '.hyperedge/running.json');

/** Where `npm start` answers; throws when it does not run. */
function usualAddress(): string {
  if (!existsSync(running)) throw new Error('name an OpenAPI document, or run npm start');
  return `${JSON.parse(readFileSync(running, 'utf8')).url}/openapi.json`;
}

async function readDocument(source: string): Promise<Document> {
  const text = /^https?:/.test(source) ? await (await fetch(source)).text() : readFileSync(source, 'utf8');
  return JSON.parse(text) as Document;
}

const [source = usualAddress(), folder = join(root, 'examples/apps/dist')] = process.argv.slice(2);
const model = modelOf(await readDocument(source));
for (const [language, files] of [
  ['kotlin', kotlinClient(model)],
  ['swift', swiftClient(model)],
] as const) {
  const target = join(resolve(folder), language);
  mkdirSync(target, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(target, name), text);
  console.log(`${target}: ${[...files.keys()].join(', ')}`);
}
