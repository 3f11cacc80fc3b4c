/** Ways to train: what a spec's `recipe` names. */
import { trainLifetime } from './lifetime/recipe.ts';
import type { ModelFiles } from './run/files.ts';
import type { TellProgress } from './run/progress.ts';
import { trainModel } from './run/train.ts';
import { checkSpec, readDocument } from './spec/read.ts';
import { TrainingRefusal } from './spec/refusal.ts';
import { readTable } from './spec/table.ts';
import { trainText } from './text/recipe.ts';

/**
 * @param file path of the spec, which its own paths are relative to
 * @param document the spec, its fields not looked at yet
 * @throws TrainingRefusal for what a person can mend
 */
export type Recipe = (file: string, document: unknown, tell: TellProgress) => ModelFiles | Promise<ModelFiles>;

/** The default: a probability from the rows of one table. */
const probability: Recipe = (file, document, tell) => {
  const spec = checkSpec(file, document);
  return trainModel(spec, readTable(file, spec), tell).files;
};

const RECIPES: Readonly<Record<string, Recipe>> = { probability, lifetime: trainLifetime, text: trainText };

/** Trains what a spec says. @throws TrainingRefusal for what a person can mend */
export async function trainSpec(file: string, tell: TellProgress): Promise<ModelFiles> {
  const document = readDocument(file);
  const named =
    typeof document === 'object' && document !== null && 'recipe' in document ? document.recipe : 'probability';
  const recipe = typeof named === 'string' && Object.hasOwn(RECIPES, named) ? RECIPES[named] : undefined;
  if (!recipe) {
    throw new TrainingRefusal(
      `${file}: recipe: must be one of ${Object.keys(RECIPES).join(', ')}, not ${String(named)}`,
    );
  }
  return recipe(file, document, tell);
}
