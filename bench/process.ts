/** What the system says of a process: memory, open files, threads, processor time. Linux alone (`/proc`). */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process at one moment. */
export interface Gauge {
  readonly rssMb: number;
  /** Of it what is no file's. The rest is the program, and files that are mapped: under /dev/shm also those that SQLite keeps beside its databases. */
  readonly anonMb: number;
  readonly openFiles: number;
  readonly threads: number;
  /** Processor time since it began, user and system, all threads. */
  readonly cpuMs: number;
}

const KB_PER_MB = 1_024;
/** Fields of `/proc/PID/stat` behind the program's name: user and system time, in ticks. */
const [UTIME, STIME] = [11, 12];
const MS_PER_SECOND = 1_000;

let ticksPerSecond: number | undefined;
const ticks = (): number => (ticksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })));

/** @returns undefined where there is no `/proc`, or no such process (any more) */
export function gaugeOf(pid: number): Gauge | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const told = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1]);
    const openFiles = readdirSync(`/proc/${pid}/fd`).length;
    const [rssMb, anonMb] = [told('VmRSS') / KB_PER_MB, told('RssAnon') / KB_PER_MB];
    return { rssMb, anonMb, openFiles, threads: told('Threads'), cpuMs: cpuMsOf(pid) };
  } catch {
    return undefined;
  }
}

/** Processor time of a process so far, user and system. @throws Error where there is no `/proc`, or no such process */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name stands in parentheses and may hold anything, also a parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[UTIME]) + Number(fields[STIME])) / ticks()) * MS_PER_SECOND;
}
