/** Scores are read by path, as attributes are: `models.<model id>.<output name>`. */

/** First name of the paths that models answer. */
export const MODELS_ROOT = 'models';

const PREFIX = `${MODELS_ROOT}.`;

/** Between a path and the arm it is asked for; no id has one. */
const ARM_MARK = '#';

/** An arm of a campaign. */
export interface ArmName {
  readonly campaignId: string;
  readonly armId: string;
}

/** What a path asks of which model. */
export interface ModelPath {
  readonly model: string;
  readonly output: string;
  /** The arm that it is asked for; absent where it is asked of the customer alone. */
  readonly arm?: ArmName;
}

/** The path of an arm's score: distinct per arm, so that receipts can tell them apart. */
export function armPath(path: string, { campaignId, armId }: ArmName): string {
  return `${path}${ARM_MARK}${campaignId}/${armId}`;
}

/** What a version is called wherever several models' may stand. */
export function versionName(model: string, version: number): string {
  return `${model}@${version}`;
}

/** Whether a model answers the path. */
export function isModelPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** The parts of a path below `models.`; undefined for all others, and where a part is missing or there is one too many. */
export function modelPath(path: string): ModelPath | undefined {
  if (!isModelPath(path)) return undefined;
  const [asked = '', named, ...marks] = path.slice(PREFIX.length).split(ARM_MARK);
  const [model, output, ...more] = asked.split('.');
  if (!model || !output || more.length > 0 || marks.length > 0) return undefined;
  if (named === undefined) return { model, output };
  const [campaignId, armId, ...parts] = named.split('/');
  return campaignId && armId && parts.length === 0 ? { model, output, arm: { campaignId, armId } } : undefined;
}
