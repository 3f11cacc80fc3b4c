/** One object of the simulated platform: its disk, its alarm, and the instance that runs at the moment, if one does. */
import { current, Gone, Host, type Running, runAs } from './host.ts';
import { Database } from './sql.ts';
import { storageOf } from './storage.ts';
import { MAX_STRAY_MS } from './weather.ts';
import type { Change, Kind, ObjectClass, World } from './world.ts';

type Method = (...args: readonly unknown[]) => unknown;
type Instance = Record<string, Method>;

/** Retries that the platform gives an alarm whose handler throws. */
const MAX_ALARM_RETRIES = 6;
const ALARM_RETRY_MS = 2_000;
/** How long a change that nothing is sent after may take to reach the disk. */
const FLUSH_MS = 5;

interface Life {
  readonly host: Host;
  readonly instance: Instance;
  /** Calls that wait for an answer: told when the instance dies. */
  readonly waiting: Set<() => void>;
}

export class SimulatedObject {
  readonly kind: Kind;
  readonly name: string;
  readonly database = new Database();
  readonly #world: World;
  readonly #make: ObjectClass;
  #life: Life | null = null;
  /** Host of the instance that starts next, where one was drawn before it starts. */
  #nextHost: Host | null = null;
  #generation = 0;
  #changes: Change[] = [];
  #alarmAtMs: number | null = null;
  #diskAlarmAtMs: number | null = null;
  #ringing = false;
  #failures = 0;
  #flushing = false;

  constructor(kind: Kind, name: string, make: ObjectClass, world: World) {
    this.kind = kind;
    this.name = name;
    this.#make = make;
    this.#world = world;
  }

  /** Grows with every instance. */
  get generation(): number {
    return this.#generation;
  }

  get isRunning(): boolean {
    return this.#life !== null;
  }

  /** Whether a host is the one that runs this object now. */
  isHost(host: Host): boolean {
    return this.#life?.host === host;
  }

  /** When the alarm on disk rings; null when none is set. */
  get alarmAtMs(): number | null {
    return this.#diskAlarmAtMs;
  }

  /** Whether an alarm is set or its handler runs: what is left to do without being called. */
  get isAwake(): boolean {
    return this.#ringing || this.#diskAlarmAtMs !== null;
  }

  /** The clock of the instance that runs or would start next. */
  get host(): Host {
    if (this.#life) return this.#life.host;
    this.#nextHost ??= this.#newHost();
    return this.#nextHost;
  }

  /** Serves a call; `reply` hears of the result once it is safe, `broken` of an instance that died. */
  serve(
    method: string,
    args: readonly unknown[],
    reply: (result: unknown) => void,
    failed: (error: unknown) => void,
    broken: () => void,
  ): void {
    let life: Life;
    try {
      life = this.#start();
    } catch (error) {
      failed(error);
      return;
    }
    life.waiting.add(broken);
    const end = (tell: () => void) => {
      if (!life.host.alive) return;
      life.waiting.delete(broken);
      this.commit();
      tell();
    };
    runAs(this.#running(life, { method, args, atMs: life.host.now(), observed: false }), () =>
      (async () => (life.instance[method] as Method)(...args))(),
    ).then(
      (result) => {
        if (life.host.alive && !this.mayDie('reply', method)) end(() => reply(result));
      },
      (error: unknown) => end(() => failed(error)),
    );
  }

  /** Where an instance may die: at an await, when it sends, when it replies. */
  mayDie(where: 'await' | 'send' | 'reply', method = current()?.call?.method): boolean {
    const struck = this.#world.strikes(`${this.kind}.${method} ${where}`);
    if (struck) {
      this.crash(struck);
      return true;
    }
    const { crash } = this.#world.weather();
    if (crash === 0 || !this.#world.chance(crash)) return false;
    this.crash();
    return true;
  }

  /** The instance dies at once. What was not sent anywhere yet may be lost with it. */
  crash(how: 'written' | 'unwritten' | 'either' = 'either'): void {
    const life = this.#life;
    if (!life) return;
    this.#world.note(`crash ${this.kind} ${this.name}`);
    const isLost = how === 'unwritten' || (how === 'either' && this.#world.chance(this.#world.weather().unwritten));
    if (isLost) {
      this.database.rollback();
      this.#changes = [];
      this.#alarmAtMs = this.#diskAlarmAtMs;
    } else this.commit();
    life.host.alive = false;
    this.#life = null;
    if (this.#ringing) this.#ringAgain(0);
    for (const broken of life.waiting) broken();
  }

  /** Everything up to here is on disk; nothing that was sent or answered can be undone after this. */
  commit(): void {
    if (!this.database.isOpen && this.#alarmAtMs === this.#diskAlarmAtMs) return;
    this.database.commit();
    if (this.#alarmAtMs !== this.#diskAlarmAtMs) {
      this.#diskAlarmAtMs = this.#alarmAtMs;
      this.#plan();
    }
    const changes = this.#changes;
    this.#changes = [];
    this.#world.committed(this, changes);
  }

  /** Something is about to be written: sooner or later it reaches the disk by itself. */
  writing(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    this.#world.loop.after(FLUSH_MS, () => {
      this.#flushing = false;
      this.commit();
    });
  }

  /** A transaction of the call that is served went through. */
  changed(): void {
    const call = current()?.call;
    if (!call || call.observed) return;
    (call as { observed: boolean }).observed = true;
    this.#changes.push({ method: call.method, args: call.args, atMs: call.atMs });
  }

  getAlarm(): number | null {
    return this.#alarmAtMs;
  }

  setAlarm(atMs: number | null): void {
    this.#alarmAtMs = atMs;
    this.writing();
  }

  /** Another clock, for instance after a step of time synchronisation. */
  reschedule(): void {
    this.#plan();
  }

  #plan(late = true): void {
    const atMs = this.#diskAlarmAtMs;
    if (atMs === null) return;
    const { loop } = this.#world;
    const lateMs = late && this.#world.chance(this.#world.weather().lateAlarm) ? this.#world.below(MAX_STRAY_MS) : 0;
    loop.after(Math.max(1, atMs - this.host.now()) + lateMs, () => {
      // Set anew or rung meanwhile.
      if (this.#diskAlarmAtMs !== atMs || this.#ringing) return;
      if (this.host.now() < atMs) this.#plan(false);
      else this.ring();
    });
  }

  /** Runs the alarm's handler. */
  ring(): void {
    if (this.#ringing) return;
    let life: Life;
    try {
      life = this.#start();
    } catch {
      this.#failed();
      return;
    }
    this.#ringing = true;
    this.#alarmAtMs = null;
    this.#diskAlarmAtMs = null;
    const done = (after: () => void) => {
      if (!life.host.alive) return;
      this.commit();
      this.#ringing = false;
      after();
      // One that was set while the handler ran was kept waiting.
      this.#plan(false);
    };
    const call = { method: 'alarm', args: [], atMs: life.host.now(), observed: false };
    runAs(this.#running(life, call), () => (async () => (life.instance.alarm as Method)())()).then(
      () => {
        if (!life.host.alive || this.mayDie('reply', 'alarm')) return;
        done(() => {
          this.#failures = 0;
          if (this.#world.chance(this.#world.weather().repeatAlarm)) this.#ringAgain(this.#world.below(ALARM_RETRY_MS));
        });
      },
      (error: unknown) => {
        this.#world.note(`alarm of ${this.kind} threw ${String(error)}`);
        done(() => this.#failed());
      },
    );
  }

  #failed(): void {
    this.#failures += 1;
    if (this.#failures <= MAX_ALARM_RETRIES) this.#ringAgain(ALARM_RETRY_MS * 2 ** (this.#failures - 1));
    else this.#failures = 0;
  }

  #ringAgain(afterMs: number): void {
    this.#ringing = false;
    this.#world.loop.after(Math.max(1, afterMs), () => this.ring());
  }

  #newHost(): Host {
    const name = `${this.kind} ${this.name} ${this.#generation}`;
    const host = new Host(name, this.#world.seed, () => this.#world.loop.nowMs);
    host.skewMs = this.#world.skewMs(name);
    this.#generation += 1;
    return host;
  }

  #running(life: Life, call?: Running['call']): Running {
    const { host } = life;
    const { loop } = this.#world;
    const wait = (ms: number): Promise<void> => new Promise((resolve) => loop.after(ms, () => host.alive && resolve()));
    return call ? { host, wait, call } : { host, wait };
  }

  #start(): Life {
    // Observers look at the disk after each call: what one has changed is told before the next begins.
    if (this.#changes.length > 0) this.commit();
    if (this.#life) return this.#life;
    const { host } = this;
    this.#nextHost = null;
    const ctx = {
      id: { name: this.name, toString: () => this.name },
      storage: storageOf(this, host),
      waitUntil: (promise: Promise<unknown>) => {
        promise.catch((error: unknown) => {
          if (!(error instanceof Gone)) this.#world.note(`left behind: ${String(error)}`);
        });
      },
      blockConcurrencyWhile: <T>(run: () => Promise<T>): Promise<T> => run(),
    } as unknown as DurableObjectState;
    const shell = { host, instance: {}, waiting: new Set<() => void>() };
    const instance = runAs(this.#running(shell), () => new this.#make(ctx, this.#world.env)) as unknown as Instance;
    this.#life = { ...shell, instance };
    return this.#life;
  }
}
