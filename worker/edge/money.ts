/** From major units, as callers write them, to the integer minor units that are stored. */

/** Decimal places by currency; there are fewer than 200 currencies. */
const places = new Map<string, number>();

function decimalPlaces(currency: string): number {
  let known = places.get(currency);
  if (known === undefined) {
    known = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    places.set(currency, known);
  }
  return known;
}

/** `49.9` EUR → 4990. Halves round away from zero. */
export function minorUnits(value: number, currency: string): number {
  // toFixed first: 1.005 · 100 is 100.49999999999999 in binary.
  const scaled = Number(`${value}e${decimalPlaces(currency)}`);
  const minor = Number.isFinite(scaled) ? scaled : value * 10 ** decimalPlaces(currency);
  return Math.sign(minor) * Math.round(Math.abs(minor));
}

/** `125000` EUR → `1250.00`: exact, as many places as the currency has. */
export function majorText(minor: number, currency: string): string {
  const places = decimalPlaces(currency);
  const digits = String(Math.abs(minor)).padStart(places + 1, '0');
  const sign = minor < 0 ? '-' : '';
  return places === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
