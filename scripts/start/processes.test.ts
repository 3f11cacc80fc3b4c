import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { childrenNamed } from './processes.ts';

const module = fileURLToPath(new URL('processes.ts', import.meta.url));

/** A process that starts a sleeping child and watches over it, and then does nothing more. */
const PARENT = `
  import { spawn } from 'node:child_process';
  const { endWithThisProcess } = await import(${JSON.stringify(module)});
  const child = spawn('sleep', ['60']);
  endWithThisProcess(child.pid, process.argv[1]);
  console.log(child.pid);
`;

async function startParent(watchedName: string) {
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', PARENT, watchedName]);
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  return { parent, childId: Number(String(line).trim()) };
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function ends(pid: number, withinMs: number): Promise<boolean> {
  const deadlineMs = Date.now() + withinMs;
  while (lives(pid) && Date.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 20));
  return !lives(pid);
}

describe.skipIf(process.platform === 'win32')('a process that is killed', () => {
  test('takes the child that it watches over with it', async () => {
    const { parent, childId } = await startParent('sleep');
    expect(lives(childId)).toBe(true);
    parent.kill('SIGKILL');
    expect(await ends(childId, 5_000)).toBe(true);
  });

  test('does not take another program that has the number by then', async () => {
    const { parent, childId } = await startParent('workerd');
    parent.kill('SIGKILL');
    expect(await ends(childId, 500)).toBe(false);
    process.kill(childId, 'SIGKILL');
  });

  test('children are found by their program, those of others are not', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    expect(childrenNamed('sleep')).toContain(child.pid);
    expect(childrenNamed('init')).toEqual([]);
    child.kill();
  });
});
