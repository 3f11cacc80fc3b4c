/** Plain JavaScript without dependencies, like install.mjs: what is drawn before anything is installed. */

/** Where the width of a terminal is not known. */
const USUAL_COLUMNS = 80;

/** Cuts plain text so that it stays on one line: a line that wraps cannot be cleared again. */
export function clip(text, columns = USUAL_COLUMNS) {
  // The last column stays free: some terminals wrap as soon as it is filled.
  const room = Math.max(1, columns - 1);
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

/** The first line of `npm start`. `util.styleText` is not in every Node 20. */
export function titleLine(stream, env) {
  const plain = !stream.isTTY || Boolean(env.NO_COLOR);
  return `\n  ${plain ? 'Hyperedge' : '\u001b[1m\u001b[36mHyperedge\u001b[39m\u001b[22m'}\n\n`;
}
