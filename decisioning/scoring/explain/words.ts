/** Explanations as a banker would say them: how many of a hundred, mostly because of what, and what to do about it. */
import { isArmPath } from '../arm-facts.ts';
import type { DriverCondition, ModelDriver, ModelManifest, ModelOutput } from '../manifest.ts';
import { OTHER_VALUE, type SeenValue } from './decode.ts';
import type { Contribution, Explanation } from './explanation.ts';
import { type Player, playersOf } from './players.ts';

/** Reasons that fit a sentence. */
const REASONS = 3;
/** Shares of the way from a typical customer below this are no reason: a fiftieth. */
const LEAST_PART = 0.02;

/** An input in words, with what it did to the score. */
export interface Reason {
  /** As in the explanation. */
  readonly name: string;
  readonly words: string;
  /** Of the score. */
  readonly points: number;
  /** The same in words: `+18 points`, `−40 EUR`. */
  readonly moved: string;
  readonly intervention?: string;
}

export interface Told {
  /** "Leaves within a month: 71 of 100 customers like this. Mostly because: …" */
  readonly summary: string;
  /** Those that move the score most, the strongest first, whichever way. */
  readonly reasons: readonly Reason[];
  /** What is recommended against the strongest of those that move the score away from typical; nothing against what speaks the other way. */
  readonly interventions: readonly string[];
}

/** Reasons of an explanation in words. @param count at most so many in the sentence, and as many against it */
export function tell(manifest: ModelManifest, explanation: Explanation, count = REASONS): Told {
  const output = manifest.outputs.find(({ name }) => name === explanation.output) ?? manifest.outputs[0]!;
  const players = new Map(playersOf(manifest.inputs).map((player) => [player.name, player]));
  const least = LEAST_PART * explanation.contributions.reduce((sum, { points }) => sum + Math.abs(points), 0);
  const reasons = explanation.contributions
    .filter(({ points }) => Math.abs(points) > least)
    .toSorted((one, other) => Math.abs(other.points) - Math.abs(one.points))
    .map((contribution) => reasonOf(manifest, output, players.get(contribution.name)!, contribution));
  const isAbove = explanation.score >= explanation.typical;
  const forIt = reasons.filter(({ points }) => points > 0 === isAbove).slice(0, count);
  const against = reasons.filter(({ points }) => points > 0 !== isAbove).slice(0, count);
  const isOfArms = manifest.inputs.some(({ attribute }) => isArmPath(attribute));
  const interventions = forIt.flatMap(({ intervention }) => (intervention === undefined ? [] : [intervention]));
  return {
    summary: [
      `${capitalized(manifest.predicts)}: ${amount(output, explanation.score, isOfArms ? ' times' : ' customers like this')}.`,
      ...(forIt.length > 0 ? [`Mostly because: ${listOf(forIt)}.`] : []),
      ...(against.length > 0 ? [`Against it: ${listOf(against)}.`] : []),
      `${isOfArms ? 'Typical' : 'A typical customer'}: ${amount(output, explanation.typical)}.`,
    ].join(' '),
    reasons,
    interventions: [...new Set(interventions)],
  };
}

function listOf(reasons: readonly Reason[]): string {
  return reasons.map(({ words, moved }) => `${words} (${moved})`).join(', ');
}

function reasonOf(manifest: ModelManifest, output: ModelOutput, player: Player, contribution: Contribution): Reason {
  const { name, value, points } = contribution;
  const driver = driverOf(manifest.drivers ?? [], contribution);
  const words = driver ? driver.words.replaceAll('{value}', () => inUnit(player, value)) : valueInWords(player, value);
  return {
    name,
    words,
    points,
    moved: movement(output, points),
    ...(driver?.intervention !== undefined && { intervention: driver.intervention }),
  };
}

/** The first driver that speaks of this input, this value and this effect. */
function driverOf(drivers: readonly ModelDriver[], { name, value, points }: Contribution): ModelDriver | undefined {
  return drivers.find(
    ({ input, effect = 'raises', when }) =>
      input === name && points > 0 === (effect === 'raises') && meets(value, when),
  );
}

function meets(value: SeenValue, when: DriverCondition | undefined): boolean {
  if (!when) return true;
  const { oneOf, atLeast, below, missing } = when;
  if (value === null || missing) return value === null && missing === true;
  if (oneOf && !oneOf.includes(String(value))) return false;
  if (atLeast === undefined && below === undefined) return true;
  return typeof value === 'number' && value >= (atLeast ?? -Infinity) && value < (below ?? Infinity);
}

/** An input's value without words of its own: "2 months as a customer", "contract: Two year", "no paperless billing". */
function valueInWords(player: Player, value: SeenValue): string {
  const { input, measure } = player;
  const label = input.label ?? input.name;
  const said = measure === undefined ? label : `${label}: ${measure.replaceAll('_', ' ')}`;
  if (value === null) return `${said} not known`;
  if (value === OTHER_VALUE) return `another ${said} than usual`;
  if (typeof value === 'boolean') return value ? said : `no ${said}`;
  if (typeof value === 'string') return `${said}: ${value}`;
  // "months as a customer" begins with its unit, and the number goes before it.
  const isCounted = input.unit !== undefined && label.startsWith(input.unit);
  if (measure !== undefined) return `${said} ${plain(value)}`;
  return isCounted
    ? `${counted(value, input.unit)}${label.slice(input.unit.length)}`
    : `${said}: ${inUnit(player, value)}`;
}

function inUnit({ input, measure }: Player, value: SeenValue): string {
  if (value === null) return 'unknown';
  if (typeof value !== 'number') return String(value);
  return input.unit === undefined || measure !== undefined ? plain(value) : counted(value, input.unit);
}

/** "2 months", "1 month". */
function counted(value: number, unit: string): string {
  return `${plain(value)} ${value === 1 ? unit.replace(/s$/, '') : unit}`;
}

/** How many of a hundred, or how much. @param whose what a hundred of are meant */
function amount({ kind, unit }: ModelOutput, score: number, whose = ''): string {
  if (kind === 'value') return withUnit(plain(score), unit);
  return `${ofHundred(score * 100)} of 100${whose}`;
}

/** Whole from ten on, with a digit below, and never none or all. */
function ofHundred(count: number): string {
  if (count < 0.1) return 'fewer than 0.1';
  if (count > 99.5) return 'more than 99';
  return count < 9.95 ? count.toFixed(1).replace(/\.0$/, '') : String(Math.round(count));
}

function movement({ kind, unit }: ModelOutput, points: number): string {
  const sign = points < 0 ? '−' : '+';
  if (kind === 'value') return `${sign}${withUnit(plain(Math.abs(points)), unit)}`;
  const whole = Math.abs(points * 100);
  const text = whole >= 0.95 ? String(Math.round(whole)) : String(Number(whole.toPrecision(1)));
  return `${sign}${text} ${text === '1' ? 'point' : 'points'}`;
}

function withUnit(text: string, unit: string | undefined): string {
  return unit === undefined ? text : `${text} ${unit}`;
}

/** Three digits, or all those before the point. */
function plain(number: number): string {
  const rounded = Math.abs(number) >= 100 ? Math.round(number) : Number(number.toPrecision(3));
  return String(rounded).replace('-', '−');
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
