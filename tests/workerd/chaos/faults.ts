/** Parts that are down, slow or talk nonsense: put between everything and the real ones, in the bindings that worker and objects share. */

export const FAULTS = ['down', 'slow', 'garbage'] as const;
export type Fault = (typeof FAULTS)[number];

/** What a part does with a call: `real` carries it out. */
type Answer = (real: () => Promise<unknown>) => Promise<unknown>;

/**
 * Slow parts wait here until they are let go: slower than any deadline, and no slower than a test needs. Given a time they wait no longer
 * than that, as a part in trouble would.
 */
export class Gate {
  readonly #slowMs: number | undefined;
  #opened = Promise.withResolvers<void>();
  /** Calls that were let go so far. */
  passed = 0;
  isOpen = false;

  constructor(slowMs?: number) {
    this.#slowMs = slowMs;
  }

  open(): void {
    this.isOpen = true;
    this.#opened.resolve();
  }

  async pass(): Promise<void> {
    const slow = this.#slowMs === undefined ? [] : [scheduler.wait(this.#slowMs)];
    await Promise.race([this.#opened.promise, ...slow]);
    if (this.isOpen) this.passed += 1;
  }
}

/** The same with every number as text: what a careless middleman makes of JSON. */
function texts(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(texts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, texts(field)]));
}

/** Nonsense, by name; made of the real answer where that takes one. */
export const NONSENSE: Readonly<Record<string, (real: () => Promise<unknown>) => Promise<unknown>>> = {
  nothing: async () => undefined,
  'half a text': async () => '{"outcome":"decided","decisions":[{"plac',
  'another shape': async () => [{ outcome: ['decided', 'taken', 'leased'], decisions: {}, results: {}, lease: 1 }],
  'numbers as text': async (real) => texts(await real()),
};

/** What a fault does to calls. */
export function answerOf(fault: Fault, gate: Gate, nonsense = 'nothing'): Answer {
  if (fault === 'down') return async () => Promise.reject(Object.assign(new Error('boom'), { remote: true }));
  if (fault === 'garbage') return NONSENSE[nonsense] as Answer;
  return async (real) => {
    await gate.pass();
    return real();
  };
}

type Call = (...args: unknown[]) => Promise<unknown>;

/** A namespace of objects whose methods, all or those named, go through `answer`. */
export function faultyNamespace<T extends object>(namespace: T, answer: Answer, methods?: readonly string[]): T {
  const stubOf = (stub: object): object =>
    new Proxy(stub, {
      get: (target, method) => {
        if (method === 'then') return undefined;
        // Called as a method: everything else that is asked of a stub's method, `apply` too, would go to the object.
        const real = (args: unknown[]) => (target as Record<PropertyKey, Call>)[method]!(...args);
        const isFaulty = methods === undefined || methods.includes(String(method));
        return (...args: unknown[]) => (isFaulty ? answer(() => real(args)) : real(args));
      },
    });
  return new Proxy(namespace, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as (...args: unknown[]) => object;
      if (name === 'jurisdiction') return () => faultyNamespace(namespace, answer, methods);
      if (name !== 'getByName' && name !== 'get') return method;
      return (...args: unknown[]) => stubOf(method.apply(target, args));
    },
  });
}

/** A database whose statements and batches go through `answer`. */
export function faultyDatabase(database: D1Database, answer: Answer): D1Database {
  /** A batch takes statements as the platform made them. */
  const real = new WeakMap<object, object>();
  const statementOf = (statement: object): object => {
    const proxy = new Proxy(statement, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as Call;
        if (name === 'bind') return (...args: unknown[]) => statementOf(method.apply(target, args) as never);
        return (...args: unknown[]) => answer(() => method.apply(target, args));
      },
    });
    real.set(proxy, statement);
    return proxy;
  };
  const batch = (statements: readonly object[]) =>
    answer(() =>
      database.batch(statements.map((statement) => (real.get(statement) ?? statement) as D1PreparedStatement)),
    );
  return new Proxy(database, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as Call;
      if (name === 'prepare') return (sql: string) => statementOf(method.call(target, sql) as never);
      if (name === 'batch') return batch;
      return (...args: unknown[]) => answer(() => method.apply(target, args));
    },
  });
}
