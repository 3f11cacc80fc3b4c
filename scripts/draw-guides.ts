/** `npm run draw:guides`: draws the pictures of the guides from the policies themselves, and prints what each of them loses. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { table } from '../cli/terminal.ts';
import { lostByPolicy, lostOtherwise } from './drawings/figures.ts';
import { guidePictures } from './drawings/pictures.ts';

const folder = fileURLToPath(new URL('../docs/guides/', import.meta.url));

for (const { file, svg } of guidePictures()) writeFileSync(`${folder}${file}`, svg);
const { banners, crowds } = lostByPolicy();
const { changing, dials } = lostOtherwise();
const shown = [
  table([['three banners, 400 conversions at best', 'lost'], ...banners]),
  table([['two crowds, 500 conversions at best', 'lost'], ...crowds]),
  table([['a banner wears out, 2,160 conversions at best', 'lost'], ...changing]),
  table([['three dials, 1,000 conversions at best', 'lost'], ...dials]),
];
process.stdout.write(`${shown.join('\n\n')}\n`);
