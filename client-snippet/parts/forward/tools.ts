/**
 * The tools, and the names that those who compare experiments in GrowthBook already have in them: https://docs.growthbook.io/lib/script-tag
 * (`experiment_viewed` of the data layer and gtag), https://docs.growthbook.io/event-trackers/segment (`Experiment Viewed`), and PostHog's own
 * `$feature_flag_called` (https://posthog.com/docs/experiments/exposures). A campaign is an experiment, an arm its variation.
 */
import type { Decision } from '../../lib/wire.ts';

export const TOOLS = ['dataLayer', 'gtag', 'segment', 'posthog'] as const;
export type Tool = (typeof TOOLS)[number];

type Call = (...values: unknown[]) => void;
interface Globals {
  dataLayer?: { push: Call };
  gtag?: Call;
  analytics?: { track?: Call };
  posthog?: { capture?: Call };
}
const globals = window as unknown as Globals;

/** Whether the tool, or its stub that keeps calls until it has come, is on the page. */
export const isThere = (tool: Tool): boolean => {
  if (tool === 'segment') return typeof globals.analytics?.track === 'function';
  if (tool === 'posthog') return typeof globals.posthog?.capture === 'function';
  return Boolean(globals[tool]);
};

/** Holdouts are a variation like others: what was not shown is what is compared with. */
const variationOf = ({ outcome, arm }: Decision): string => (outcome === 'holdout' ? 'holdout' : `${arm}`);

/** Hands one event over. Whatever the tool throws is the tool's. */
export const send = (tool: Tool, event: 'viewed' | 'clicked', decision: Decision): void => {
  const experiment = decision.campaign as string;
  const variation = variationOf(decision);
  const properties = { event_category: 'experiment', experiment_id: experiment, variation_id: variation };
  const isView = event === 'viewed';
  try {
    if (tool === 'dataLayer') globals.dataLayer?.push({ event: `experiment_${event}`, ...properties });
    else if (tool === 'gtag') globals.gtag?.('event', `experiment_${event}`, properties);
    else if (tool === 'segment')
      globals.analytics?.track?.(isView ? 'Experiment Viewed' : 'Experiment Clicked', {
        experimentId: experiment,
        variationId: variation,
      });
    else {
      const flag = { $feature_flag: experiment, $feature_flag_response: variation };
      globals.posthog?.capture?.(isView ? '$feature_flag_called' : 'experiment_clicked', {
        ...flag,
        [`$feature/${experiment}`]: variation,
      });
      if (isView)
        globals.posthog?.capture?.('$experiment_started', { 'Experiment name': experiment, 'Variant name': variation });
    }
  } catch {}
};
