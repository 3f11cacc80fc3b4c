/** What a command is started with in tests: nothing of the shell but where programs are. */

/**
 * The environment of a command. Where `npm test` keeps compiled modules, commands use them, too: compiling is most of what they do.
 * @param more what this command is told besides
 */
export const commandEnvironment = (more: Readonly<Record<string, string>> = {}): Record<string, string | undefined> => {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return { PATH, NO_COLOR: '1', ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }), ...more };
};
