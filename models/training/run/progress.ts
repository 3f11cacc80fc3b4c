/** Told while a training goes on. @param done of `total` steps */
export type TellProgress = (done: number, total: number, step: string) => void;
