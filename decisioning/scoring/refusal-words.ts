/** What is wrong with a model file, in a sentence: the evaluator travels to pages and says it in a word. */
import type { ModelRefusal } from './engine.ts';

/** By problem and word. */
const WORDS: Readonly<Record<string, string>> = {
  'malformed ': 'bytes that are no ONNX model',
  'malformed axis': 'an axis that the input does not have',
  'malformed base_values': 'base values of another number than the targets',
  'malformed bias': 'a bias that does not fit the product, or its intercepts',
  'malformed classes': 'classes, coefficients or base values of different numbers',
  'malformed graph': 'there is no graph in it: it is no ONNX model',
  'malformed inputs': 'an input is missing, or there is one too many',
  'malformed keys': 'keys of another type than the values that come in, or of another number than what they stand for',
  'malformed length': 'the bytes end early, or there are more or fewer elements than the shape says',
  'malformed nodes':
    'trees whose lists do not fit each other, or name a node, a leaf, a column or a comparison that does not exist',
  'malformed number': 'a number that is longer than numbers are',
  'malformed outputs': 'an output that the operator does not have, or a name that two nodes give',
  'malformed shape': 'shapes that do not fit each other, or one that is none or holds nothing',
  'malformed type': 'inputs of different types',
  'malformed weights': 'weights of another number than the shapes ask for, or for a target that does not exist',
  'unsupported aggregate_function': 'an aggregate function or a post-transform of a number that is none',
  'unsupported axis': 'another axis than the last',
  'unsupported inputs': 'other inputs than one: rows of float32, with as many columns as the file says',
  'unsupported PROBIT': 'PROBIT of two classes, which engines disagree about',
  'unsupported shape': 'a shape that is worked out from the row',
  'unsupported type': 'trees over anything but float32',
  'unsupported weights': 'weights that are no constant matrix, or rows that are taken as columns',
  'too_large bytes': 'the file has more bytes than a model may have',
  'too_large depth': 'a tree that is deeper than trees may be, with the comparisons that its sets become',
  'too_large memory': 'more constants and results than an opened model may keep',
  'too_large messages': 'more messages in the file than the nodes and tensors of a model are',
  'too_large nodes': 'more nodes, or inputs of nodes, than a graph or its trees may have',
  'too_large shape': 'a tensor that is larger than one may be',
  'too_large steps': 'more work than the scores of one row may take',
  'cyclic nodes': 'a tree in which two ways lead to one node',
  'external_data weights': 'weights that lie in another file: export the model with its weights inside',
};

/** A sentence without its full stop; the evaluator's own word where there is none for it (names of operators and attributes). */
export function refusalWords({ refused, detail }: ModelRefusal): string {
  const known = WORDS[`${refused} ${detail}`];
  if (known) return known;
  if (refused === 'cyclic') return `${detail} waits for itself`;
  return refused === 'malformed' && /^[A-Za-z_0-9]+$/.test(detail)
    ? `${detail}: not as ONNX has it, or nowhere in the file`
    : detail;
}
