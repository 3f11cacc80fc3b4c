/**
 * Milliseconds of processor time that a piece of work takes on this thread: on a busy machine a wall clock would count what others do.
 * Resolution: a microsecond.
 */
export function computedMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
