/** How the page's scripts are bundled: the same for what is shipped and for what the browser tests load. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/**
 * Names of our own that no site sees, as they stand in every file: those of `Core` are how the entry and its lazy parts, files of their
 * own, know each other.
 */
export const SHORT_NAMES: Record<string, string> = {
  $settings: 'S',
  $commands: 'C',
  $decided: 'D',
  $plan: 'P',
  $restart: 'R',
  $customer: 'W',
  $remember: 'M',
  $flush: 'F',
  $render: 'N',
  $seen: 'H',
  $track: 'T',
};

/**
 * Names inside `decide()` that cross no wire: shortened in the file of the part that carries it. None of them may be a field of a bundle, of a
 * request or of what browsers provide.
 */
const INNER_NAMES = [
  'action',
  'allocationVersion',
  'armId',
  'assignment',
  'atMs',
  'availability',
  'available',
  'bucketingId',
  'campaignId',
  'candidates',
  'cap',
  'caps',
  'channel',
  'channelWeights',
  'chosen',
  'chosenBefore',
  'claims',
  'consents',
  'conversion',
  'conversionWeight',
  'countsTowardGlobal',
  'decisionId',
  'endsAtMs',
  'evidence',
  'fatigue',
  'features',
  'globalCap',
  'globalHoldout',
  'halfLifeMs',
  'heldOut',
  'holdout',
  'holds',
  'initialAllocation',
  'isMember',
  'killSwitch',
  'leaf',
  'listLength',
  'measured',
  'measuresLift',
  'membershipBy',
  'mode',
  'needs',
  'next',
  'nowMs',
  'parts',
  'pathLength',
  'paused',
  'pausedCampaigns',
  'periodKey',
  'preset',
  'pressure',
  'price',
  'priority',
  'probabilities',
  'probability',
  'propensityArm',
  'propensityCampaign',
  'purpose',
  'purse',
  'quietHours',
  'rate',
  'referenceDepth',
  'refusals',
  'regexInstructions',
  'requests',
  'resolve',
  'requiresConsent',
  'revenue',
  'revenueMinor',
  'revenueWeight',
  'rules',
  'salt',
  'scoredBy',
  'scoring',
  'segment',
  'segments',
  'sendAtMs',
  'sessionKey',
  'sliceOf',
  'standing',
  'startsAtMs',
  'sticky',
  'stickyUntilMs',
  'stringLength',
  'switches',
  'terms',
  'textDepth',
  'tiredness',
  'told',
  'total',
  'trace',
  'versus',
  'weekly',
  'weight',
  'worth',
];

/** The same of the evaluator: names that neither its callers nor model files know. */
const EVALUATOR_NAMES = [
  'axis',
  'cost',
  'everyInput',
  'features',
  'finish',
  'fixed',
  'float',
  'input',
  'int',
  'labels',
  'leaves',
  'make',
  'members',
  'missing',
  'modes',
  'no',
  'opset',
  'roots',
  'seen',
  'spend',
  'thresholds',
  'weights',
  'word',
  'words',
  'yes',
];

/**
 * Modules of `decisioning/` that a part's file has no use for, and what stands there in their place: see the header of that file. The types of
 * both are checked where they are written.
 */
const ABSENT: Readonly<Record<string, { readonly instead: string; readonly modules: readonly string[] }>> = {
  'parts/device.ts': {
    instead: 'parts/device/absent.ts',
    modules: [
      'scores',
      'arbitration/holdout',
      'arbitration/value',
      'arbitration/worth',
      'features/features',
      'eligibility',
      'scoring/watch/arm-sums',
      'lifecycle/admission',
      'limits/needs',
      'limits/purse',
      'segments/all',
      'segments/compare-versions',
      'segments/elements',
      'segments/limits',
      'segments/regex/index',
      'steering/availability',
      'sticky-period',
      'strategies/leaf-key',
      'touch-refusal',
    ],
  },
};

const COMMON = {
  bundle: true,
  write: false,
  minify: true,
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'error',
  tsconfigRaw: { compilerOptions: { alwaysStrict: false } }, // no "use strict" to carry
} satisfies BuildOptions;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function bundled(source: string, options: BuildOptions): Promise<string> {
  const mangleCache: Record<string, string> = { ...SHORT_NAMES };
  const { outputFiles } = await build({
    entryPoints: [here(source)],
    ...COMMON,
    ...options,
    mangleCache,
  });
  return (outputFiles?.[0]?.text ?? '').trim();
}

/** Bundles a script of this folder, such as `entry/hyperedge.ts`; returns the text. Throws with what esbuild says. */
export function bundle(source: string): Promise<string> {
  return bundled(source, { format: 'iife', mangleProps: /^(callback|decision|loaded|timer|\$.+)$/ });
}

/** Puts one file in the place of modules that a part's file has no use for. */
function without(source: string): Plugin[] {
  const { instead, modules } = ABSENT[source] ?? { instead: '', modules: [] };
  if (modules.length === 0) return [];
  const away = new Set(modules.map((name) => here(`../decisioning/${name}.ts`)));
  const setup: Plugin['setup'] = ({ onResolve }) =>
    onResolve({ filter: /^\.{1,2}\// }, ({ resolveDir, path }) =>
      away.has(join(resolveDir, path)) ? { path: here(instead) } : undefined,
    );
  return [{ name: 'without', setup }];
}

/** Bundles a lazy part, such as `parts/events.ts`, as a module. It may use only names of `Core` that the entry has, too. */
export async function bundlePart(source: string): Promise<string> {
  const inner = source === 'parts/onnx.ts' ? EVALUATOR_NAMES : ABSENT[source] ? INNER_NAMES : [];
  const names = [...Object.keys(SHORT_NAMES), ...inner];
  return bundled(source, {
    format: 'esm',
    plugins: without(source),
    mangleProps: new RegExp(`^(${names.join('|').replaceAll('$', '\\$')})$`),
  });
}

const sources = (room: string): string[] =>
  existsSync(here(room)) ? readdirSync(here(room)).filter((file) => /^[a-z-]+\.ts$/.test(file)) : [];

/** Every file of `dist/` by its name: entries and stubs as scripts, parts as modules. Files of `parts/` in folders belong to a part. */
export async function bundles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const add = async (room: string, how: (source: string) => Promise<string>): Promise<void> => {
    for (const file of sources(room)) files.set(file.replace(/\.ts$/, '.js'), await how(`${room}/${file}`));
  };
  await add('entry', bundle);
  await add('stub', bundle);
  await add('parts', bundlePart);
  return files;
}
