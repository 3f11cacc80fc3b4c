/** A deliberate bug: one edit of one file, and the test that must go red with it. */

export interface PlantedFault {
  /** Names it on the command line. */
  readonly name: string;
  /** What is wrong with the edited code, in a sentence. */
  readonly what: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly caughtBy: NamedTest;
}

export interface NamedTest {
  readonly project: 'node' | 'workerd';
  readonly file: string;
  /** The test's own title; of `test.each` the part before what varies. */
  readonly title: string;
}
