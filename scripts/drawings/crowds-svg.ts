/** What a policy that tells customers apart shows to two crowds, after 50, 500 and 5,000 visitors. */
import { CROWDS, type CrowdMoment, OFFERS } from './crowds.ts';
import { box, COLOURS, percent, picture, rule, text, WIDTH } from './svg.ts';

/** Left end of each crowd's bars, and how long a bar of 100 % is. */
const COLUMNS = [84, 282] as const;
const BAR = 118;
const ROW = 30;
const HEADING = 30;
const GAP = 14;
const TOP = 50;
const FOOT = 40;

/** `5 of 100 convert`, short: the truth of a crowd, best offer first. */
function truth(crowd: number): string {
  const best = OFFERS.toSorted((one, other) => other.rates[crowd]! - one.rates[crowd]!)[0]!;
  return `best: ${best.name} (${percent(best.rates[crowd]!)})`;
}

/** The picture of one policy. */
export function crowdsSvg(title: string, moments: readonly CrowdMoment[]): string {
  const parts = CROWDS.flatMap((name, crowd) => [
    text(COLUMNS[crowd]!, 10, name, { bold: true }),
    text(COLUMNS[crowd]!, 30, truth(crowd), { soft: true, size: 14 }),
  ]);
  let y = TOP;
  for (const { visitors, given } of moments) {
    const bottom = y + HEADING + given.length * ROW;
    parts.push(text(0, y + 14, `After ${visitors.toLocaleString('en')} visitors`, { bold: true }));
    for (const left of COLUMNS) parts.push(rule(left, y + HEADING, bottom), rule(left + BAR, y + HEADING, bottom));
    for (const [i, crowds] of given.entries()) {
      const middle = y + HEADING + (i + 0.5) * ROW;
      parts.push(text(0, middle, OFFERS[i]!.name));
      for (const [crowd, { share, shareSoFar }] of crowds.entries()) {
        const left = COLUMNS[crowd]!;
        parts.push(
          box(left, middle - 10, share * BAR, 12, COLOURS[i]!),
          box(left, middle + 5, shareSoFar * BAR, 4, COLOURS[i]!, 0.55),
          text(crowd === 0 ? left + BAR + 54 : WIDTH, middle - 2, percent(share), { anchor: 'end' }),
        );
      }
    }
    y = bottom + GAP;
  }
  parts.push(
    box(0, y + 7, 24, 10, 'currentColor'),
    text(34, y + 12, 'its next visitors', { size: 14 }),
    box(COLUMNS[1] - 80, y + 10, 24, 4, 'currentColor', 0.55),
    text(COLUMNS[1] - 46, y + 12, 'its visitors so far', { size: 14 }),
  );
  return picture(y + FOOT, title, parts);
}
