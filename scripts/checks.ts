/** `npm run checks`: writes the checks of requests that the worker in front has, from the schemas of the contract. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checksSource, TARGET } from './checks/source.ts';

writeFileSync(fileURLToPath(new URL(`../${TARGET}`, import.meta.url)), checksSource());
console.log(`${TARGET} is written`);
