/** Answers of a receipt: each is asked for once, and what nobody asked for is absent. */
import type { Receipt } from './receipt.ts';

/** The answer of this name, asked for where it is not known yet. */
export function remember<T>(answers: Record<string, T>, key: string, ask: () => T): T {
  if (!Object.hasOwn(answers, key)) answers[key] = ask();
  return answers[key] as T;
}

/** Whether any answers were given; a receipt says nothing of what nobody asked. */
export function isAsked(answers: Readonly<Record<string, unknown>>): boolean {
  for (const _ in answers) return true;
  return false;
}

type Seldom = Required<Pick<Receipt, 'hybrid' | 'standings' | 'purse' | 'looked' | 'models'>>;

/** Adds answers that most decisions ask for none of; what nobody asked for is absent. */
export function withSeldom(receipt: Receipt, seldom: Seldom, estimates: Receipt['estimates']): Receipt {
  const { hybrid, standings, purse, looked, models } = seldom;
  if (!estimates && !Object.values(seldom).some(isAsked)) return receipt;
  return {
    ...receipt,
    ...(estimates && { estimates }),
    ...(isAsked(hybrid) && { hybrid }),
    ...(isAsked(standings) && { standings }),
    ...(isAsked(purse) && { purse }),
    ...(isAsked(looked) && { looked }),
    ...(isAsked(models) && { models }),
  };
}
