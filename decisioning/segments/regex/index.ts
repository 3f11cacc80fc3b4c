export { REGEX_LIMITS } from './limits.ts';
export type { StepMeter } from './match.ts';
export { testRegex } from './match.ts';
export type { RegexProgram, RegexResult } from './program.ts';
export { compileRegex } from './program.ts';
export type { RegexProblem } from './syntax.ts';
