/** From purposes of the IAB Transparency and Consent Framework to ours. */
import type { Purpose, Purposes } from './words.ts';

/** Ids of TCF purposes by ours; all of them must be given. */
export type TcfMap = { [name in Purpose]?: number[] };

/** 1 stores and reads; 2 to 4 and 7 are advertising, 5 and 6 content by profile, 8 and 9 measurement. */
export const TCF_MAP: TcfMap = {
  functional: [1],
  personalization: [1, 5, 6],
  analytics: [1, 8, 9],
  ads: [1, 2, 3, 4, 7],
};

/** @param isGiven whether there is consent to a TCF purpose */
export const byTcf = (map: TcfMap, isGiven: (id: number) => boolean): Purposes => {
  const said: Purposes = {};
  for (const [purpose, ids] of Object.entries(map)) said[purpose as Purpose] = ids.length > 0 && ids.every(isGiven);
  return said;
};
