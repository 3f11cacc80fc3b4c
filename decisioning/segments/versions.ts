/**
 * Digits a numeric part is padded to. The SDKs pad to 5, which orders builds beyond 99,999 as text; 16 covers every
 * integer a build number reaches and agrees with them below that.
 */
const PART_WIDTH = 16;

/**
 * A version as text that compares in version order: a leading `v` and the build (`+…`) are dropped, parts are split at
 * `.` and `-`, numeric parts padded, and a release (three parts) sorts after its pre-releases.
 *
 * @param value a version string or a number; anything else counts as version 0
 */
export function versionKey(value: unknown): string {
  const given = typeof value === 'number' ? String(value) : value;
  const text = typeof given === 'string' && given !== '' ? given : '0';
  const build = text.indexOf('+');
  const core = text.slice(text.startsWith('v') ? 1 : 0, build === -1 ? text.length : build);
  const parts = core.split(/[-.]/);
  // '~' sorts after every letter, digit and hyphen.
  if (parts.length === 3) parts.push('~');
  return parts.map((part) => (/^[0-9]+$/.test(part) ? part.padStart(PART_WIDTH, ' ') : part)).join('-');
}
