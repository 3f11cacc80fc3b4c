/**
 * The driver hands Firefox a function as text and has the page `eval` it, which a page's own policy may forbid. Here the text becomes part of
 * the call, as code: the browser compiles a call from outside the page whatever the policy of the page says.
 */

/** How the driver calls: its helper in the page evaluates a text that is one of the arguments. */
const CALL = '(utilityScript, ...args) => utilityScript.evaluate(...args)';

/** Texts that are a function. Others, a statement for instance, stay with the page's `eval`. */
const A_FUNCTION = /^\(*\s*(async\s*)?(function\b|\(|[\w$]+\s*=>)/;

/** @param {string} text @returns {boolean} whether it is one expression; nothing is run */
function compiles(text) {
  try {
    return Boolean(new Function(`return (${text}\n)`));
  } catch {
    return false;
  }
}

/** @param {unknown} value what a command's arguments hold @returns {string[]} every text in it */
function textsIn(value) {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(textsIn);
}

/**
 * Code that has the value of the text as a function.
 * @param {string} text @param {string | undefined} extension a module with which the driver extends its helper
 */
function codeOf(text, extension) {
  if (extension && text.includes('injectedScript.extend('))
    return `() => (script_, { arg }) => { const module = {}; ${extension}\n new (module.exports.default())(script_, arg); }`;
  // The driver's own functions evaluate the test's: they find this `eval` under the names they use.
  if (/\binjected\w*\.eval\(/.test(text))
    return `(page_) => (script_, ...rest_) => (${text})(Object.assign(Object.create(script_), page_), ...rest_)`;
  return `(${text.includes('globalThis.eval(') ? 'globalThis' : ''}) => (${text}\n)`;
}

/**
 * @param {{ method: string, params?: { functionDeclaration?: string, arguments?: unknown[] } }} command
 * @returns the command, with the functions of its arguments as code; the same command where it is not a call of the driver's
 */
export function inlined(command) {
  const { functionDeclaration, arguments: args = [] } = command.params ?? {};
  if (command.method !== 'script.callFunction' || functionDeclaration !== CALL) return command;
  const texts = [...new Set(textsIn(args))];
  const extension = texts.find((text) => text.includes('module.exports = __toCommonJS('));
  const codes = texts
    .filter((text) => A_FUNCTION.test(text) && compiles(text))
    .map((text) => `[${JSON.stringify(text)}, ${codeOf(text, extension)}]`);
  const wrapped = `(utilityScript_, ...args_) => {
    const page_ = utilityScript_.global;
    const codes_ = new Map([${codes.join(',\n')}]);
    const codeOf_ = (text) => codes_.get(text) ?? codes_.get(text.replace(/^\\(([^]*)\\)$/, '$1'));
    const inline_ = { eval: (text) => (codeOf_(text) ?? page_.eval.bind(page_, text))(inline_) };
    utilityScript_.global = inline_;
    try { return utilityScript_.evaluate(...args_); } finally { utilityScript_.global = page_; }
  }`;
  return { ...command, params: { ...command.params, functionDeclaration: wrapped } };
}
