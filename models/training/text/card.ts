/** The card of creative performance. */
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { number, paragraphs, table } from '../card/markdown.ts';
import { againSection, dataSection, headSection, limitSections } from '../card/sections.ts';
import type { Estimate } from '../measure/interval.ts';
import type { FittedHead } from './heads.ts';
import type { RankFigures, TextMeasured } from './measured.ts';
import { MEMBERS } from './members.ts';
import type { TextSpec } from './spec.ts';
import type { TextTests } from './tests.ts';

export interface TextCardInput {
  readonly spec: TextSpec;
  readonly tests: TextTests;
  readonly measured: TextMeasured;
  readonly heads: readonly FittedHead[];
  readonly manifest: ModelManifest;
}

/** Measures that are told one by one; the others are named. */
const TOLD = 10;
const NAMES: Readonly<Record<(typeof MEMBERS)[number], string>> = {
  forest: 'random forest',
  boosting: 'gradient boosting',
  mlp: 'small neural network',
};

const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;
const estimated = ({ value, interval }: Estimate): string =>
  `${percent(value)} (${interval.map((end) => percent(end)).join(' to ')})`;

export function textCard(input: TextCardInput): string {
  const { spec, manifest } = input;
  return paragraphs([
    ...headSection(spec),
    ...testsSection(input),
    ...inputSection(input),
    ...makingSection(input),
    ...qualitySection(input),
    ...headsSection(input),
    ...limitSections(spec),
    ...againSection(spec, manifest.file, 'texts of the tests, which were public'),
  ]);
}

function testsSection({ spec, tests }: TextCardInput): string[] {
  const count = new Set(tests.tests).size;
  return dataSection(
    spec.data,
    tests.sha256,
    `${spec.data.title}: the ${number(count)} tests in which texts were shown with the same picture, ${number(tests.texts.length)} texts, ${number(tests.shown.reduce((sum, one) => sum + one, 0))} views, ${percent(tests.rate, 2)} clicked.`,
  );
}

function inputSection({ spec: { input }, measured }: TextCardInput): string[] {
  const told = measured.importances.slice(0, TOLD);
  const rest = measured.importances.slice(TOLD).map(({ name }) => name);
  return [
    '## Input',
    `One text, \`${input.attribute}\`: what an arm shows, so that arms are scored one by one. It becomes ${measured.importances.length} numbers (\`decisioning/scoring/text/measures.ts\`, the same code in training and in every host); no word is looked up anywhere else. An arm without a text is scored as the average one. The column tells how many percent of the pairs with a clear winner are lost when the measure is dealt out to other texts: what the model relies on, not what makes people click.`,
    table(
      ['measure', 'pairs lost'],
      told.map(({ name, loss }) => [`\`${name}\``, percent(Math.max(0, loss))]),
    ),
    `The others: ${rest.map((name) => `\`${name}\``).join(', ')}.`,
  ];
}

function makingSection({ spec, tests, measured }: TextCardInput): string[] {
  const settings = (name: (typeof MEMBERS)[number]) => {
    const { weight, ...rest } = spec[name];
    return [
      NAMES[name],
      String(weight),
      Object.entries(rest)
        .map(([key, value]) => `${key} ${String(value)}`)
        .join(', '),
    ];
  };
  return [
    '## How it is made',
    `Each text’s click rate over that of its test and picture is learned by three models, with weights that grow with the clicks; their average is multiplied by ${measured.slope.toFixed(3)} (fitted out of fold). \`lift\` is 1 + that, kept between ${spec.liftRange[0]} and ${spec.liftRange[1]}; \`probability\` is \`lift\` times the click rate of all texts, ${percent(tests.rate, 2)}. All of it lies inside the file.`,
    table(['member', 'weight', 'settings'], MEMBERS.map(settings)),
  ];
}

function qualitySection({ spec, measured }: TextCardInput): string[] {
  const row = (name: string, { pairs, decided, chosen }: RankFigures) => [
    name,
    estimated(decided),
    estimated(pairs),
    estimated(chosen),
  ];
  return [
    '## How good it is',
    `Measured out of fold (${spec.folds} folds, tests never part), within tests: ${number(measured.counts.pairs)} pairs of texts, of which ${number(measured.counts.decided)} differ beyond chance (95 %). Intervals are 95 %, over tests. The last column is how many more clicks the test would have had if only the text with the highest score had been shown, instead of all evenly.`,
    table(
      ['', 'pairs with a clear winner, ranked rightly', 'all pairs', 'clicks more'],
      [
        row('**all three**', measured.whole),
        ...measured.members.map(({ name, figures }) => row(NAMES[name as (typeof MEMBERS)[number]], figures)),
        row('the longer text (a rule of thumb)', measured.length),
      ],
    ),
    `A coin ranks half of them rightly. The text that was clicked most had ${percent(measured.best)} more clicks than the average of its test, much of it chance, and more than anybody could choose beforehand. The members’ settings were chosen on the same folds, so that a point of these figures may be luck. The model is a start for arms that nobody has seen yet, and the bandit’s evidence overrules it.`,
    '![Lift foretold and lift that came; pairs ranked rightly](calibration.svg)',
  ];
}

function headsSection({ heads }: TextCardInput): string[] {
  if (heads.length === 0) return [];
  const rows = heads.map(({ spec, head, figures }) => [
    `\`${spec.name}\``,
    `\`${spec.column}\` per view${spec.unit ? `, ${spec.unit}` : ''}`,
    spec.kind === 'probability' ? percent(head.rate, 2) : head.rate.toPrecision(3),
    estimated(figures.pairs),
    estimated(figures.chosen),
  ]);
  return [
    '## What else a text brings',
    'Outputs beside the clicks, each learned by members of its own from the same measures and settings, and measured in the same way. The last column is how much more the text with the highest score had than the average of its test.',
    table(['output', 'is', 'of all texts', 'pairs ranked rightly', 'more'], rows),
  ];
}
