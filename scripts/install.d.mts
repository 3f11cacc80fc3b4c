/** Types of install.mjs, which is plain JavaScript because it runs before anything is installed. */

/** Why the packages have to be installed; undefined when node_modules holds what the lockfile names. */
export function whatIsMissing(texts?: { wanted: string; installed: string | undefined }): string | undefined;

/** The line that is shown while packages are installed; without seconds when it is written once. */
export function installLine(reason: string, seconds?: number): string;

/** Runs `npm ci` when something is missing. */
export function installMissing(): Promise<void>;

/** Runs a file under the project's Node; resolves with its exit code. */
export function runWithProjectNode(
  file: string,
  args: readonly string[],
  options?: { quiet?: boolean },
): Promise<number>;
