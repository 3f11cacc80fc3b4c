import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computedMs } from '../../testing/computed.ts';
import { MAX_MEASURED_CHARACTERS, TEXT_MEASURES, textMeasure } from './measures.ts';

const measured = (text: string, ...names: readonly string[]) => names.map((name) => textMeasure(name)!(text));

describe('measures of a text', () => {
  it('counts words, sentences and signs', () => {
    const text = 'Why Did 3 Women Say "No"? You Won’t Believe It... *Really*!';
    expect(measured(text, 'words', 'sentences', 'questions', 'exclamations', 'ellipses', 'numbers')).toEqual([
      11, 3, 1, 1, 1, 1,
    ]);
    expect(measured(text, 'quotes', 'emphasis', 'commas', 'colons')).toEqual([2, 1, 0, 0]);
  });

  it('knows whom and what a text speaks of, whatever the apostrophe', () => {
    expect(measured('You won’t guess what this man says', 'second_person', 'negations', 'people', 'pointing')).toEqual([
      1, 1, 1, 1,
    ]);
    expect(measured("You won't guess", 'negations')).toEqual(measured('You won’t guess', 'negations'));
  });

  it('tells titles from sentences, and shouting from capitals', () => {
    expect(measured('Every Word Begins Large', 'capitals', 'shouted')).toEqual([1, 0]);
    expect(measured('only one is SHOUTED here', 'capitals', 'shouted')).toEqual([1 / 5, 1]);
  });

  it('has sentiment as positive minus negative words per word, and 0 without words', () => {
    expect(measured('a beautiful love', 'sentiment')).toEqual([2 / 3]);
    expect(measured('a cruel lie', 'sentiment')).toEqual([-2 / 3]);
    expect(measured('', 'sentiment', 'capitals', 'different_words', 'words', 'sentences')).toEqual([0, 0, 0, 0, 0]);
  });

  it('reads a beginning with a number, a question word and a pointer', () => {
    const beginnings = ['begins_with_number', 'begins_with_question_word', 'begins_with_pointing'];
    expect(measured('9 out of 10', ...beginnings)).toEqual([1, 0, 0]);
    expect(measured('"How it works', ...beginnings)).toEqual([0, 1, 0]);
    expect(measured('This is it', ...beginnings)).toEqual([0, 0, 1]);
  });

  it('knows no measure by a name that every object has, or that nobody gave', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'mood']) expect(textMeasure(name)).toBeUndefined();
  });

  it('does not remember another text', () => {
    const words = textMeasure('words')!;
    expect([words('one two'), words('one'), words('one two'), words('')]).toEqual([2, 1, 2, 0]);
  });

  it('measures the beginning of what is longer than an arm may be', () => {
    const long = 'word '.repeat(MAX_MEASURED_CHARACTERS);
    expect(measured(long, 'characters', 'words')).toEqual([MAX_MEASURED_CHARACTERS, MAX_MEASURED_CHARACTERS / 5]);
  });

  it('gives a finite number for every text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), (text) => {
        for (const number of measured(text, ...TEXT_MEASURES)) expect(Number.isFinite(number)).toBe(true);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it('takes time in proportion to a hostile text', () => {
    const pieces = ['.', '*a', '#a', '"', "'a", '…!', 'a-', '(', ' -'];
    const hostile = pieces.flatMap((piece) => Array.from({ length: 40 }, (_, i) => `${piece.repeat(1_990)}a${i}`));
    const ms = computedMs(() => {
      for (const text of hostile) measured(text, ...TEXT_MEASURES);
    });
    // A third of a millisecond a text; a pattern that begins anew at every character of its run takes thirty for the dots.
    expect(ms).toBeLessThan(600);
  });
});
