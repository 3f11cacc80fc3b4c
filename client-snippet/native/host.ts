/**
 * What the client's modules ask of a browser, in an app: the build puts these names in place of the browser's own. There is no page; what
 * is kept stays in memory, and in the storage that the app gives.
 */

/** The shape of React Native's AsyncStorage. */
export interface AppStorage {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<unknown>;
  removeItem(key: string): Promise<unknown>;
}

/** Everything this client keeps on a device: the anonymous id, the last decisions, reports that are not sent yet. */
const KEYS = { id: 'hyperedge', decisions: 'hyperedge.decisions', outbox: 'hyperedge.outbox' } as const;
export type Kept = keyof typeof KEYS;

const memory = new Map<Kept, string>();
let storage: AppStorage | undefined;

/** Changes are written one after the other: the last one wins. */
let writing: Promise<unknown> = Promise.resolve();
const write = (change: (into: AppStorage) => Promise<unknown>): void => {
  const into = storage;
  // A full or broken storage is as good as none: the app goes on with what is in memory.
  if (into) writing = writing.then(() => change(into)).catch(() => {});
};

let isRead = false;

/** Takes the app's storage; reads nothing yet. */
export const useStorage = (given: AppStorage | undefined): void => {
  storage = given;
};

/** Reads what an earlier run has kept; once, and with consent only. Resolves in any case. */
export const readKept = async (): Promise<void> => {
  if (isRead) return;
  isRead = true;
  for (const name of Object.keys(KEYS) as Kept[])
    try {
      const value = await storage?.getItem(KEYS[name]);
      if (typeof value === 'string') memory.set(name, value);
    } catch {}
};

export const kept = (name: Kept): string | undefined => memory.get(name);

export const keep = (name: Kept, value: string): void => {
  memory.set(name, value);
  write((into) => into.setItem(KEYS[name], value));
};

/** Forgets everything. */
export const erase = (): void => {
  memory.clear();
  for (const key of Object.values(KEYS)) write((into) => into.removeItem(key));
};

/** As lib/identity.ts uses it: one entry, `hyperedge`, which is the visitor; deleting it forgets everything that is known of them. */
export const localStorage = new Proxy({} as { hyperedge?: string }, {
  get: () => kept('id'),
  set: (_, __, id: string) => {
    keep('id', id);
    return true;
  },
  deleteProperty: () => {
    erase();
    return true;
  },
  ownKeys: () => ['hyperedge'],
  getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: kept('id') }),
});

/** A page has these, too. */
export const sessionStorage = {};
export const window = {};

export const location = { href: '', search: '' };
export const document = { readyState: 'complete', hidden: false, referrer: '', querySelectorAll: (): never[] => [] };
export class Element {}
export class IntersectionObserver {
  observe(): void {}
  unobserve(): void {}
}

/** React Native has no `AbortSignal.timeout`. */
export const AbortSignal = {
  timeout(ms: number): unknown {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), ms);
    return controller.signal;
  },
};

type Listener = (event: { type: string; detail?: unknown }) => void;
const listeners = new Map<string, Set<Listener>>();

export class CustomEvent {
  readonly type: string;
  readonly detail: unknown;
  constructor(type: string, { detail }: { detail: unknown }) {
    this.type = type;
    this.detail = detail;
  }
}

export const addEventListener = (type: string, listener: Listener): void => {
  listeners.set(type, (listeners.get(type) ?? new Set()).add(listener));
};

export const removeEventListener = (type: string, listener: Listener): void => {
  listeners.get(type)?.delete(listener);
};

export const dispatchEvent = (event: { type: string; detail?: unknown }): void => {
  for (const listener of listeners.get(event.type) ?? []) listener(event);
};
