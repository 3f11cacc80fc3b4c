/** XGBoost's model file in JSON, as far as it is read (`Booster.save_model('model.json')`, format of versions 1.3 and later). */
import * as z from 'zod';

/** XGBoost writes parameters as text. */
const wholeText = z.string().regex(/^\d+$/, 'must be a whole number in quotes').transform(Number);
const numbers = z.array(z.number());

const tree = z.object({
  split_indices: numbers,
  /** Thresholds; in leaves their value. */
  split_conditions: numbers,
  left_children: numbers,
  right_children: numbers,
  /** 1 or true where missing values go left. */
  default_left: z.array(z.union([z.number(), z.boolean()])),
  sum_hessian: numbers.optional(),
  split_type: numbers.optional(),
  tree_param: z.object({ size_leaf_vector: wholeText.optional() }),
});

export const boosterFile = z.object({
  learner: z.object({
    feature_names: z.array(z.string()).optional(),
    learner_model_param: z.object({
      /** A number, or since 3.1 a list in brackets. */
      base_score: z.string().regex(/^\[?[-+0-9.eE, ]+\]?$/, 'must be a number in quotes'),
      num_class: wholeText,
      num_feature: wholeText,
      num_target: wholeText.optional(),
    }),
    objective: z.object({ name: z.string() }),
    gradient_booster: z.object({
      name: z.string(),
      model: z
        .object({
          gbtree_model_param: z.object({ num_parallel_tree: wholeText.optional() }),
          /** Class of each tree. */
          tree_info: numbers,
          trees: z.array(tree).min(1),
        })
        .optional(),
    }),
  }),
});

export type BoosterFile = z.infer<typeof boosterFile>;
export type BoosterTree = z.infer<typeof tree>;
