/** What a runtime that is to be killed in a migration says, and who kills it looks for among its lines. */
export const BEGUN = 'a migration has begun';
export const ENDED = 'a migration is over';
