/** A worker that asks one condition of one text, so many times: its own clock stands still while it computes, so whoever asks looks at what the process took. */
import { evaluateCondition } from '../../decisioning/segments/evaluate.ts';

/** What is asked. */
export interface Asked {
  /** To `$regexi` capitals and small letters are alike. */
  readonly operator: '$regex' | '$regexi';
  readonly pattern: string;
  readonly text: string;
  readonly times: number;
}

/** Answers how often the condition held. */
async function answer(request: Request): Promise<Response> {
  const { operator, pattern, text, times } = (await request.json()) as Asked;
  let held = 0;
  for (let i = 0; i < times; i += 1) held += Number(evaluateCondition({ a: { [operator]: pattern } }, { a: text }));
  return new Response(String(held));
}

addEventListener('fetch', (event) => {
  const asked = event as unknown as { readonly request: Request; respondWith(answer: Promise<Response>): void };
  asked.respondWith(answer(asked.request));
});
