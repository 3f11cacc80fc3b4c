/** The shapes of features and of what linear models are fitted with, in slices and policies. */
import { fields, finite, listOf, notNegative, oneOf, optional, type Shape, text } from './shape.ts';

const FIELDS_OF_TYPE: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  number: { center: finite, scale: notNegative },
  boolean: {},
  category: { values: listOf(text) },
};

const feature: Shape = (value, at) =>
  fields({ id: text, attribute: text, type: oneOf(...Object.keys(FIELDS_OF_TYPE)) })(value, at) ??
  fields(FIELDS_OF_TYPE[(value as { type: string }).type]!)(value, at);

export const featuresShape = fields({ key: text, specs: listOf(feature) });

export const linearTerms = { ridge: optional(notNegative), interactions: optional(listOf(listOf(text))) } as const;
