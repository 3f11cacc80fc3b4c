import { usageFailure } from '../failure.ts';
export async function createWorkspace(_args: readonly string[]): Promise<number> {
  throw usageFailure('x');
}
