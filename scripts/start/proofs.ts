/** What a shop's own server does when somebody signs in: it signs who they are. Here a file that is written anew while the shop runs. */
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callApi } from '../../cli/api.ts';
import type { DemoKeys } from './demo-keys.ts';

/** The demo's customers. */
const CUSTOMERS = ['ada', 'ben'];
/** A proof lives an hour at most; half of it is left when the next one is written. */
const PROOF_LIFE_SECONDS = 3_600;
const RENEW_MS = 30 * 60_000;

/** Where the pages look for them, below the static files. */
export const PROOFS_FILE = 'demo/proofs.json';

async function writeProofs(assets: string, keys: DemoKeys): Promise<void> {
  const request = { method: 'GET', path: `/v1/sites/${keys.site}/secret` } as const;
  const reply = await callApi({ site: keys.url, secretKey: keys.secretKey }, request);
  if (reply.outcome !== 'done') return; // the next round tries again; until then the page says that it has none
  const { secret } = reply.body as { secret: string };
  const until = Math.floor(Date.now() / 1_000) + PROOF_LIFE_SECONDS;
  const proofOf = (id: string): string =>
    `${until}.${createHmac('sha256', secret).update(`${id}\n${until}`).digest('base64url')}`;
  const proofs = Object.fromEntries(CUSTOMERS.map((id) => [id, proofOf(id)]));
  writeFileSync(join(assets, PROOFS_FILE), JSON.stringify(proofs), { mode: 0o600 });
}

/** Writes them now and every half hour, as long as the process has other reasons to live. */
export async function keepProofs(assets: string, keys: DemoKeys): Promise<void> {
  await writeProofs(assets, keys);
  setInterval(() => void writeProofs(assets, keys).catch(() => {}), RENEW_MS).unref();
}
