import { describe, expect, it } from 'vitest';
import { PANEL_POINTS, panelNodes, panelTails, panelWeights } from './gauss-panel.ts';

describe('the Gauss panel', () => {
  it('integrates powers up to degree 2n − 1 over [0, 1], and not 2n', () => {
    const error = (degree: number) => {
      let sum = 0;
      for (let k = 0; k < PANEL_POINTS; k++) sum += panelWeights[k]! * panelNodes[k]! ** degree;
      return Math.abs(sum - 1 / (degree + 1));
    };
    for (let degree = 0; degree < 2 * PANEL_POINTS; degree++) expect(error(degree)).toBeLessThan(1e-15);
    expect(error(2 * PANEL_POINTS)).toBeGreaterThan(1e-9);
  });

  it('integrates powers up to degree n − 1 from each node to the right end', () => {
    for (let k = 0; k < PANEL_POINTS; k++) {
      for (let degree = 0; degree < PANEL_POINTS; degree++) {
        let sum = 0;
        for (let l = 0; l < PANEL_POINTS; l++) sum += panelTails[k * PANEL_POINTS + l]! * panelNodes[l]! ** degree;
        expect(Math.abs(sum - (1 - panelNodes[k]! ** (degree + 1)) / (degree + 1))).toBeLessThan(1e-14);
      }
    }
  });
});
