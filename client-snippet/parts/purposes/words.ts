/** What has been said of purposes, by whom, and what follows from it. */

export const PURPOSES = ['functional', 'personalization', 'analytics', 'ads'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Yes or no by purpose; of what is not named nothing is said. */
export type Purposes = { [name in Purpose]?: boolean };

/** What is true or false of an object that a page may have handed over; anything else of it is no word. */
export const read = (said: unknown): Purposes => {
  const words: Purposes = {};
  for (const purpose of PURPOSES) {
    const word = (said as Purposes | undefined)?.[purpose];
    if (typeof word === 'boolean') words[purpose] = word;
  }
  return words;
};

/** All purposes with one word. */
export const all = (word: boolean): Purposes => Object.fromEntries(PURPOSES.map((purpose) => [purpose, word]));

/** A no wins, whoever said it; else a yes, if there is one; else nothing has been said. */
export const together = (words: Iterable<Purposes>): Purposes => {
  const sum: Purposes = {};
  for (const said of words)
    for (const purpose of PURPOSES)
      if (said[purpose] !== undefined) sum[purpose] = said[purpose] && sum[purpose] !== false;
  return sum;
};
