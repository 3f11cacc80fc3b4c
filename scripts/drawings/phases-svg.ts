/** What a hundred customers get in each phase of a campaign's life, with the phases as they are unless somebody says otherwise. */
import { DEFAULT_PHASES, PHASES, type Phase } from '../../decisioning/lifecycle/phases.ts';
import { box, COLOURS, percent, picture, text, WIDTH } from './svg.ts';

const NAMES: Readonly<Record<Phase, string>> = {
  initialization: 'Initialization',
  learning: 'Learning',
  optimization: 'Optimization',
};
/** The strategy's own floor, as it is unless told. */
const MIN_EXPLORATION = 0.01;
const BLOCK = 82;
const TOP = 12;
const LEGEND = 24;

/** Shares of customers: the policy's choice, an arm by chance, default content; they sum to 1. */
function partsOf(phase: Phase): readonly [number, number, number] {
  const { admitted, floor } = DEFAULT_PHASES[phase];
  const chance = admitted * Math.max(floor, MIN_EXPLORATION);
  return [admitted - chance, chance, 1 - admitted];
}

const FILLS = [COLOURS[1], COLOURS[0], 'currentColor'] as const;
const OPACITIES = [1, 1, 0.18] as const;
const LEGENDS = ['what the policy thinks best', 'any arm, by chance', 'not addressed by this campaign'] as const;

/** One bar a phase. */
export function phasesSvg(): string {
  const parts: string[] = [];
  for (const [i, phase] of PHASES.entries()) {
    const y = TOP + i * BLOCK;
    const shares = partsOf(phase);
    parts.push(text(0, y, NAMES[phase], { bold: true }));
    let x = 0;
    for (const [j, share] of shares.entries()) {
      const width = share * WIDTH;
      if (share > 0) parts.push(box(x, y + 14, Math.max(1, width - 2), 26, FILLS[j]!, OPACITIES[j]!));
      x += width;
    }
    const told = shares.map((share) => percent(share)).join(' / ');
    parts.push(text(WIDTH, y, told, { anchor: 'end', soft: true }));
  }
  const legend = TOP + PHASES.length * BLOCK;
  for (const [j, words] of LEGENDS.entries()) {
    const y = legend + j * LEGEND;
    parts.push(box(0, y - 7, 24, 14, FILLS[j]!, OPACITIES[j]!), text(36, y, words, { size: 14 }));
  }
  return picture(
    legend + LEGENDS.length * LEGEND,
    'What customers get in each phase: what the policy thinks best, any arm by chance, or another campaign or default content',
    parts,
  );
}
