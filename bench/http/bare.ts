/**
 * What any decision in a customer's object costs at least: a worker that makes one call to one object, which persists one row (or two).
 * `POST /{rows}/{customer}`; the body is read and parsed, as ours is. `/0/` asks no object and answers with what it was sent: what HTTP costs alone.
 */
export const BARE = { name: 'bare', objects: { binding: 'BARE', className: 'Bare' } } as const;

export const BARE_SCRIPT = `
import { DurableObject } from 'cloudflare:workers';

export class Bare extends DurableObject {
  #next = 0;
  constructor(state, env) {
    super(state, env);
    state.storage.sql.exec('CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL)');
    this.#next = state.storage.sql.exec('SELECT coalesce(max(id), 0) AS id FROM rows').one().id;
  }
  async write(rows, text) {
    for (let i = 0; i < rows; i += 1) this.ctx.storage.sql.exec('INSERT INTO rows (id, text) VALUES (?, ?)', ++this.#next, text);
    return { id: this.#next };
  }
}

export default {
  async fetch(request, env) {
    const [, rows, customer] = new URL(request.url).pathname.split('/');
    const body = await request.json();
    if (rows === '0') return Response.json(body);
    const stub = env.BARE.get(env.BARE.idFromName(customer));
    return Response.json(await stub.write(Number(rows), JSON.stringify(body)));
  },
};
`;
