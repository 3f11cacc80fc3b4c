/** What `cloudflare:workers` offers, as far as the objects use it; Node resolves that name to this file in tests and commands. */

/** The platform's base class of objects. */
export class DurableObject<Env = unknown> {
  readonly ctx: DurableObjectState;
  readonly env: Env;

  constructor(ctx: DurableObjectState, env: Env) {
    this.ctx = ctx;
    this.env = env;
  }
}
