/** What a command refuses for: told to the user in one line, without a stack. */

/** Exit codes of every command. */
export const EXIT = { ok: 0, refused: 1, usage: 2 } as const;

/** The command was called in a way it does not understand, or cannot go on for a reason the user can mend. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.refused) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}

/** A call that the command's usage does not cover: exit code 2. */
export function usageFailure(message: string): CommandFailure {
  return new CommandFailure(message, EXIT.usage);
}

/** Text of files may be quoted in a message: what would move a terminal's cursor is shown as what it is. */
function printable(message: string): string {
  const shown = (char: string): string =>
    char < '\u0020' || char === '\u007f' ? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}` : char;
  return [...message].map((char) => (char === '\n' ? char : shown(char))).join('');
}

/**
 * Runs a command to its exit code: expected failures, and arguments that `parseArgs` refuses, as one line on standard error;
 * anything else with its stack, because it is ours to mend.
 * A reader that has read enough (`| head`) ends the command without a word.
 */
export async function runCommand(command: () => Promise<number>, helpHint: string): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT.ok);
  });
  try {
    return await command();
  } catch (error) {
    if (error instanceof CommandFailure) {
      process.stderr.write(`${printable(error.message)}\n`);
      if (error.exitCode === EXIT.usage) process.stderr.write(`${helpHint}\n`);
      return error.exitCode;
    }
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
      process.stderr.write(`${error.message}\n${helpHint}\n`);
      return EXIT.usage;
    }
    throw error;
  }
}
