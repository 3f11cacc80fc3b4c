/** What changed between two versions of a document, path by path, in a size that an audit can keep for ever. */

/** One difference. A side is missing where there was nothing. */
export interface Change {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** More are not read by anyone; the versions themselves are kept. */
export const MAX_CHANGES = 50;
/** Characters of JSON that are kept of one side. */
const MAX_VALUE_CHARS = 500;

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function short(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text.length <= MAX_VALUE_CHARS ? value : `${text.slice(0, MAX_VALUE_CHARS)}…`;
}

function step(key: string): string {
  return `/${key.slice(0, 128).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Differences in the order of fields, at most {@link MAX_CHANGES}; none when the two are the same JSON, whatever its order of fields. */
export function changesBetween(before: unknown, after: unknown): readonly Change[] {
  const changes: Change[] = [];
  const compare = (one: unknown, other: unknown, path: string): void => {
    if (changes.length >= MAX_CHANGES || one === other) return;
    if (isContainer(one) && isContainer(other) && Array.isArray(one) === Array.isArray(other)) {
      for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
        const inOne = Object.hasOwn(one, key) ? one[key] : undefined;
        const inOther = Object.hasOwn(other, key) ? other[key] : undefined;
        compare(inOne, inOther, path + step(key));
      }
      return;
    }
    changes.push({
      path: path || '/',
      ...(one === undefined ? {} : { before: short(one) }),
      ...(other === undefined ? {} : { after: short(other) }),
    });
  };
  compare(before, after, '');
  return changes;
}

/** The same for JSON texts; null is a document that is not there. */
export function changesOf(before: string | null, after: string | null): readonly Change[] {
  const parse = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));
  return changesBetween(parse(before), parse(after));
}
