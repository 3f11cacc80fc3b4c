/** `hyperedge('goal', …)` before `events` has arrived: brings it, and lets it report. */
import type { Core, Part } from '../lib/core.ts';

export const start = async (core: Core, ...values: unknown[]): Promise<void> => {
  const file: string = './events.js'; // one copy for all who use it
  const events: Part = await import(file);
  events.start(core);
  core.$commands.goal?.(...(values as never[]));
};
