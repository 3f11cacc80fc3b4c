/** The runtime's own process: found among this one's children, and ended when this one is killed. */
import { execFileSync, spawn } from 'node:child_process';

/** Children of this process by the name of their program. POSIX alone; none elsewhere. */
export function childrenNamed(name: string): number[] {
  if (process.platform === 'win32') return [];
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' }).split('\n');
  return rows.flatMap((row) => {
    const [, pid, parent, program = ''] = /^\s*(\d+)\s+(\d+)\s+(.+?)\s*$/.exec(row) ?? [];
    const isOurs = Number(parent) === process.pid && program.split('/').at(-1) === name;
    return isOurs ? [Number(pid)] : [];
  });
}

/**
 * Reads until the pipe from this process breaks, which it does however this process ends, and then ends the other: unless its number names
 * another program by then.
 */
const WATCH = 'cat >/dev/null; case "$(ps -p "$1" -o comm=)" in *"$2"*) kill -TERM "$1";; esac';

/**
 * Sees to it that a child does not outlive this process, also when that is killed and can see to nothing any more. Returns what ends the
 * watch; a child that has ended by then is left alone.
 */
export function endWithThisProcess(pid: number, name: string): () => void {
  if (process.platform === 'win32') return () => undefined;
  // In a group of its own: Ctrl-C must not end the watch before it has something to watch for.
  const watch = spawn('sh', ['-c', WATCH, 'watch', String(pid), name], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watch.on('error', () => undefined);
  watch.stdin.on('error', () => undefined);
  watch.unref();
  (watch.stdin as unknown as { unref(): void }).unref();
  return () => void watch.kill();
}
