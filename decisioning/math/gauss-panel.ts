/** Points a panel; six integrate polynomials of degree 11 exactly, and a bell curve over one and a half deviations to 1e-9. */
export const PANEL_POINTS = 6;

/** Gauss–Legendre points of [0, 1], ascending. */
export const panelNodes = new Float64Array(PANEL_POINTS);
/** Their weights; sum 1. */
export const panelWeights = new Float64Array(PANEL_POINTS);
/**
 * Row-major: entry [k][l] is the integral from node k to 1 of the Lagrange polynomial that is 1 at node l. So that Σ_l [k][l]·f(node l)
 * is the integral of f from node k to the panel's right end, from the same values that give the whole.
 */
export const panelTails = new Float64Array(PANEL_POINTS * PANEL_POINTS);

/** Newton from the usual cosine guess doubles its digits each step: six reach the last place. */
const NEWTON_STEPS = 6;

for (let k = 0; k < PANEL_POINTS; k++) {
  let z = -Math.cos((Math.PI * (k + 0.75)) / (PANEL_POINTS + 0.5));
  let slope = 1;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const [value, derivative] = legendre(z);
    slope = derivative;
    z -= value / derivative;
  }
  panelNodes[k] = (z + 1) / 2;
  panelWeights[k] = 1 / ((1 - z * z) * slope * slope);
}
for (let k = 0; k < PANEL_POINTS; k++) {
  const from = panelNodes[k]!;
  for (let l = 0; l < PANEL_POINTS; l++) {
    let integral = 0;
    for (let m = 0; m < PANEL_POINTS; m++) {
      integral += panelWeights[m]! * (1 - from) * lagrange(l, from + (1 - from) * panelNodes[m]!);
    }
    panelTails[k * PANEL_POINTS + l] = integral;
  }
}

/** The Legendre polynomial of degree PANEL_POINTS at z, and its derivative. */
function legendre(z: number): readonly [number, number] {
  let previous = 1;
  let value = z;
  for (let n = 2; n <= PANEL_POINTS; n++) {
    const next = ((2 * n - 1) * z * value - (n - 1) * previous) / n;
    previous = value;
    value = next;
  }
  return [value, (PANEL_POINTS * (z * value - previous)) / (z * z - 1)];
}

function lagrange(index: number, x: number): number {
  let product = 1;
  for (let j = 0; j < PANEL_POINTS; j++) {
    if (j !== index) product *= (x - panelNodes[j]!) / (panelNodes[index]! - panelNodes[j]!);
  }
  return product;
}
