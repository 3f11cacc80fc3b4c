/** What a candidate is worth under a preset, fatigue taken off. */
import { pcvl } from './pcvl.ts';
import type { Preset, PresetCandidate } from './preset.ts';
import { seed } from './seed.ts';
import { weighted } from './weighted.ts';

/** Every preset by the name it has in settings; a new one is a file of its own and a line here. */
const PRESETS = { weighted, seed, pcvl } as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

/** Used where settings name none. */
export const DEFAULT_PRESET: PresetName = 'weighted';

/** The presets that there are, the default first. */
export const PRESET_NAMES = /* @__PURE__ */ Object.keys(PRESETS) as [PresetName, ...PresetName[]];

/** The terms of a value, under the preset's names; `fatigue` and `price`, where pacing asks one, are what is taken off. */
export type ValueParts = Readonly<Record<string, number>> & { readonly fatigue: number };

/** The value and its terms. Doing nothing is worth 0. */
export interface CandidateValue {
  readonly parts: ValueParts;
  readonly value: number;
}

/**
 * The preset's value minus fatigue and price. Arbitration ranks on expected values; exploration happens inside campaigns.
 *
 * @param off what is taken off, in the unit of the preset's values, 0 or more: soft fatigue at its weight, and the dual price of its units.
 */
export function candidateValue(
  preset: PresetName,
  candidate: PresetCandidate,
  { fatigue, price = 0 }: { readonly fatigue: number; readonly price?: number },
): CandidateValue {
  const { terms, total } = PRESETS[preset](candidate);
  return { parts: { ...terms, fatigue, ...(price > 0 && { price }) }, value: total - fatigue - price };
}
