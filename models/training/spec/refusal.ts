/** Something a person can mend: what is wrong with a spec or with its data. */
export class TrainingRefusal extends Error {
  override readonly name = 'TrainingRefusal';
}
