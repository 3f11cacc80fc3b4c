/** Asks a sample of customers whether they meet a condition. */
import { customerStubByName, publisherStub } from '../../durable-objects/shared/calls.ts';

/** Customers asked for one estimate: the share is then told to 7 points, and an isolate may make a thousand calls for a request. */
export const MAX_ASKED_CUSTOMERS = 200;
/** Questions under way at a time: half of what an isolate does at once beside its decisions would hurt them. */
const MAX_CONCURRENT_QUESTIONS = 20;
/** How long an estimate takes at most: customers who sleep far away count as not asked. */
const ASK_BUDGET_MS = 2_000;

/** What the sample said; `held` and `below` as the publisher has them, without those who turned out to be gone. */
export interface Asked {
  readonly held: number;
  readonly below: number;
  readonly asked: number;
  readonly answered: number;
  readonly matched: number;
}

type Answer = boolean | null | 'silent';

/** One customer's answer; `silent` when it did not come in time. */
async function ask(env: Env, workspaceId: string, name: string, question: string, nowMs: number, leftMs: number) {
  const answer = customerStubByName(env, workspaceId, name)
    .matches(question, nowMs)
    .catch((): Answer => 'silent');
  return Promise.race<Answer>([answer, scheduler.wait(Math.max(0, leftMs)).then((): Answer => 'silent')]);
}

/**
 * Asks up to 200 customers for at most two seconds. Those who are gone are taken out of the sample behind the answer.
 *
 * @param question JSON of conditions by name, see `decisioning/audience/as-known.ts`
 * @throws when the publisher does not answer
 */
export async function askSample(
  env: Env,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  workspaceId: string,
  question: string,
  nowMs: number,
  budgetMs = ASK_BUDGET_MS,
): Promise<Asked> {
  const publisher = await publisherStub(env, workspaceId);
  const { names, held, below } = await publisher.sample(MAX_ASKED_CUSTOMERS);
  const untilMs = Date.now() + budgetMs;
  const waiting = [...names];
  const gone: string[] = [];
  let [asked, answered, matched] = [0, 0, 0];
  const askOn = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const leftMs = untilMs - Date.now();
      if (leftMs <= 0) return;
      asked += 1;
      const answer = await ask(env, workspaceId, name, question, nowMs, leftMs);
      if (answer === null) gone.push(name);
      else if (answer !== 'silent') {
        answered += 1;
        if (answer) matched += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: MAX_CONCURRENT_QUESTIONS }, askOn));
  if (gone.length > 0) ctx.waitUntil(publisher.leaveSample(workspaceId, gone).catch(() => undefined));
  return { held: held - gone.length, below, asked: asked - gone.length, answered, matched };
}
