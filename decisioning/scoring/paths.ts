/** Scores are read by path, as attributes are: `models.<model id>.<output name>`. */

/** First name of the paths that models answer. */
export const MODELS_ROOT = 'models';

const PREFIX = `${MODELS_ROOT}.`;

/** What a path asks of which model. */
export interface ModelPath {
  readonly model: string;
  readonly output: string;
}

/** Whether a model answers the path. */
export function isModelPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** The parts of a path below `models.`; undefined for all others, and where a part is missing or there is one too many. */
export function modelPath(path: string): ModelPath | undefined {
  if (!isModelPath(path)) return undefined;
  const [model, output, ...more] = path.slice(PREFIX.length).split('.');
  return model && output && more.length === 0 ? { model, output } : undefined;
}
