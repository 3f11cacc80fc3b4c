/** The map of a replay: what the columns of a log mean, and the campaign that plays it. */
import * as z from 'zod';
import { campaign } from '../../contract/configuration/campaign.ts';
import { attributeName, slug } from '../../contract/primitives.ts';
import { flattenIssues } from '../documents/issues.ts';
import { readFile } from '../documents/read.ts';
import { formatFinding, type SourceDocument } from '../documents/source.ts';
import { CommandFailure } from '../failure.ts';

const column = z.string().min(1).max(200).meta({ description: 'Name of a column, as the header has it' });

const common = {
  campaign: campaign.meta({ description: 'The campaign that plays the log, as in configuration files' }),
  attributes: z
    .record(attributeName, z.strictObject({ column, type: z.enum(['string', 'number', 'boolean']).default('string') }))
    .default({})
    .meta({ description: "Attributes that the campaign's conditions read, from columns" }),
};

/** Maps as they are written. */
export const replayMap = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('randomised').meta({
      description: 'One arm was shown per row, drawn evenly at random: a row counts when the campaign picks that arm',
    }),
    arms: z.strictObject({
      column,
      values: z.record(z.string(), slug).meta({ description: 'Value in the column → arm id' }),
    }),
    reward: z.strictObject({ column }).meta({ description: 'Above zero is a conversion' }),
    ...common,
  }),
  z.strictObject({
    mode: z.literal('full-feedback').meta({ description: "Every arm's outcome is known: every row counts" }),
    rewards: z.record(slug, column).meta({ description: 'Arm id → column of its reward' }),
    ...common,
  }),
]);

export type ReplayMap = z.output<typeof replayMap>;

/** Reads and checks a map. Throws CommandFailure with a line per error, each with file, line and column. */
export function readMap(file: string): ReplayMap {
  const { documents, findings } = readFile(file);
  const [source, second] = documents;
  if (findings.length > 0) throw new CommandFailure(findings.map(formatFinding).join('\n'));
  if (!source) throw new CommandFailure(`${file}: is empty`);
  if (second) throw failureAt(second, [], 'a map is one document');
  const result = replayMap.safeParse(source.value);
  if (!result.success) {
    const lines = flattenIssues(result.error.issues).map((issue) =>
      formatFinding({ file, ...source.locate(issue.path, issue.key), message: issue.message }),
    );
    throw new CommandFailure(lines.join('\n'));
  }
  checkArms(source, result.data);
  return result.data;
}

/** Every arm of the campaign is mapped, and no other. */
function checkArms(source: SourceDocument, map: ReplayMap): void {
  const path = map.mode === 'randomised' ? ['arms', 'values'] : ['rewards'];
  const mapped = map.mode === 'randomised' ? Object.entries(map.arms.values) : Object.keys(map.rewards).map(twice);
  const armIds = new Set(map.campaign.arms.map((arm) => arm.id));
  for (const [key, armId] of mapped) {
    if (!armIds.has(armId)) throw failureAt(source, path, `"${armId}" is not an arm of the campaign`, key);
    armIds.delete(armId);
  }
  const [missing] = armIds;
  if (missing !== undefined) throw failureAt(source, path, `arm "${missing}" of the campaign is not mapped`);
  if (mapped.length !== map.campaign.arms.length) throw failureAt(source, path, 'an arm is mapped twice');
}

function twice(text: string): [string, string] {
  return [text, text];
}

function failureAt(source: SourceDocument, path: readonly (string | number)[], message: string, key?: string) {
  return new CommandFailure(formatFinding({ file: source.file, ...source.locate(path, key), message }));
}
