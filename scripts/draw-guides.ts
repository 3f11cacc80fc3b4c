/** `npm run draw:guides`: draws the pictures of the guides from the policies themselves, and prints what each of them loses. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { table } from '../cli/terminal.ts';
import { lostByPolicy } from './drawings/figures.ts';
import { policyPictures } from './drawings/pictures.ts';

const folder = fileURLToPath(new URL('../docs/guides/policies/', import.meta.url));

for (const { file, svg } of policyPictures()) writeFileSync(`${folder}${file}`, svg);
const { banners, crowds } = lostByPolicy();
const shown = [
  table([['three banners, 400 conversions at best', 'lost'], ...banners]),
  table([['two crowds, 500 conversions at best', 'lost'], ...crowds]),
];
process.stdout.write(`${shown.join('\n\n')}\n`);
