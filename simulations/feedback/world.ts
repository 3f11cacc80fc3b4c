/** A campaign's feedback as it arrives, in steps of five minutes: a daily rhythm, slow outcomes, values of all sizes, several sites; and what can go wrong. */
import { type ArrivedByPart, addArrived, arrivedOf } from '../../decisioning/evaluation/anomalies-counts.ts';
import type { Random } from '../../decisioning/random.ts';

export const STEPS_PER_HOUR = 12;
/** How much the day's rhythm swings around its mean. */
const RHYTHM = 0.7;
/** Deviation of the logarithm of a day's traffic and of its rate: no two days are alike. */
const DAY_TRAFFIC = 0.15;
const DAY_RATE = 0.06;
/** Mean delay of an outcome, in steps: two hours. */
const MEAN_DELAY_STEPS = 24;
/** Deviation of the logarithm of an order's value. */
const VALUE_SPREAD = 1;
const MEDIAN_VALUE_MINOR = 4_000;
const SITES = ['web', 'app', 'shop', 'small'] as const;
const SITE_SHARES = [0.55, 0.3, 0.13, 0.02] as const;
const ARMS = ['a', 'b', 'c'] as const;
const ARM_FACTORS = [1, 1.3, 0.8] as const;

/** A campaign that is played. */
export interface FeedbackWorld {
  /** On average over the day. */
  readonly trialsPerHour: number;
  readonly rate: number;
}

/** What goes wrong from some step on; nothing when absent. */
export type Poisoning =
  /** A machine adds this share of trials through the shop's site, and every one of them converts. */
  | { readonly kind: 'bot'; readonly share: number }
  /** One site tells values so many times too large. */
  | { readonly kind: 'values'; readonly site: (typeof SITES)[number]; readonly times: number }
  /** No conversion of a site is reported any more, or of any site. */
  | { readonly kind: 'broken_goal'; readonly site: (typeof SITES)[number] | 'all' }
  /** A site suddenly brings so many times its usual trials. */
  | { readonly kind: 'flood'; readonly site: (typeof SITES)[number]; readonly times: number }
  /** The conversions of the first arm grow so slowly that they double in so many days. */
  | { readonly kind: 'lift'; readonly doublingDays: number }
  /** Nothing is reported any more, exposures neither. */
  | { readonly kind: 'silence' };

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

function poisson(mean: number, random: Random): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = -1;
  for (let product = 1; product > limit; product *= random.next()) count += 1;
  return count;
}

interface Pending {
  readonly arm: string;
  readonly site: string;
}

/** Feedback, step after step. */
export function feedbackOf(world: FeedbackWorld, random: Random) {
  const pending = new Map<number, Pending[]>();
  let step = 0;
  let lifted = 1;
  let [traffic, rate] = [1, 1];
  let parts: Record<string, ArrivedByPart[string]> = {};
  const note = (arm: string, site: string, change: Partial<ArrivedByPart[string]>) => {
    for (const part of ['all', `arm:${arm}`, `source:${site}`])
      parts[part] = addArrived(arrivedOf(parts, part), {
        exposures: 0,
        trials: 0,
        conversions: 0,
        revenueMinor: 0,
        ...change,
      });
  };
  const show = (arm: string, site: string, trials: number, converting: number) => {
    if (trials === 0) return;
    note(arm, site, { exposures: trials, trials });
    for (let i = 0; i < converting; i += 1) {
      const at = step + Math.floor(-Math.log(1 - random.next()) * MEAN_DELAY_STEPS);
      pending.set(at, [...(pending.get(at) ?? []), { arm, site }]);
    }
  };
  return {
    /** What arrives within the next step. */
    next(poisoning?: Poisoning): ArrivedByPart {
      parts = {};
      if (step % (24 * STEPS_PER_HOUR) === 0)
        [traffic, rate] = [Math.exp(DAY_TRAFFIC * normal(random)), Math.exp(DAY_RATE * normal(random))];
      const rhythm = 1 + RHYTHM * Math.sin((2 * Math.PI * step) / (24 * STEPS_PER_HOUR));
      const mean = (world.trialsPerHour / STEPS_PER_HOUR) * rhythm * traffic;
      if (poisoning?.kind === 'lift') lifted *= 2 ** (1 / (poisoning.doublingDays * 24 * STEPS_PER_HOUR));
      for (const [s, site] of SITES.entries())
        for (const [a, arm] of ARMS.entries()) {
          const flooded = poisoning?.kind === 'flood' && poisoning.site === site ? poisoning.times : 1;
          const trials = poisson((mean * SITE_SHARES[s]! * flooded) / ARMS.length, random);
          show(
            arm,
            site,
            trials,
            poisson(trials * world.rate * rate * ARM_FACTORS[a]! * (a === 0 ? lifted : 1), random),
          );
        }
      if (poisoning?.kind === 'bot') {
        const trials = poisson(mean * poisoning.share, random);
        note('a', 'shop', {
          exposures: trials,
          trials,
          conversions: trials,
          revenueMinor: trials * MEDIAN_VALUE_MINOR,
        });
      }
      for (const { arm, site } of pending.get(step) ?? []) {
        if (poisoning?.kind === 'broken_goal' && (poisoning.site === 'all' || poisoning.site === site)) continue;
        const times = poisoning?.kind === 'values' && poisoning.site === site ? poisoning.times : 1;
        const value = Math.round(MEDIAN_VALUE_MINOR * Math.exp(VALUE_SPREAD * normal(random)) * times);
        note(arm, site, { conversions: 1, revenueMinor: value });
      }
      pending.delete(step);
      step += 1;
      return poisoning?.kind === 'silence' ? {} : parts;
    },
  };
}
