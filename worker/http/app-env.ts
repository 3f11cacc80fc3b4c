/** What the framework hands to every handler. */
import type { Hono } from 'hono';
import type { ProblemName } from '../../contract/problem.ts';
import type { RefusalReason } from '../../decisioning/reasons.ts';
import type { Auth } from './auth.ts';
import type { Deadline } from './deadline.ts';
import type { Timing } from './timing.ts';

/** What handlers find on their context. */
export interface AppEnv {
  Bindings: Env;
  Variables: {
    /** When the worker got the request, milliseconds since the epoch: the time of everything that happens in it. */
    receivedAtMs: number;
    timing: Timing;
    /** What the request waits for, all together. */
    deadline: Deadline;
    /** Set for every endpoint that asks for a key. */
    auth: Auth;
    /** Pattern of the matched path, `/v1/campaigns/{id}`: what logs name instead of the path. */
    route: string | undefined;
    /** Whether visitors call this endpoint: ordinary answers are many then. */
    isFrequent: boolean;
    /** The problem that is answered, for the log. */
    problem: ProblemName | undefined;
    /** Refusals of this request by reason, for the log. */
    refusals: Partial<Record<RefusalReason, number>> | undefined;
  };
}

export type App = Hono<AppEnv>;
