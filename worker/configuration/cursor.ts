/** Opaque cursors: where the next page starts, in a form that nobody is tempted to take apart. */
import { base64Url, fromBase64Url } from '../../durable-objects/shared/naming.ts';
import { type Checked, refused } from '../http/problem.ts';

/** Longest cursor: the longest id with its list's name, in base64. */
const MAX_CURSOR_LENGTH = 512;

/** A cursor of a list (`campaigns`, `audit` …) that stands after `position`. */
export function makeCursor(list: string, position: string): string {
  return base64Url(new TextEncoder().encode(`${list}:${position}`));
}

/** The position of a cursor of this list; undefined when none was sent. */
export function readCursor(list: string, cursor: string | undefined): Checked<string | undefined> {
  if (cursor === undefined) return { ok: true, value: undefined };
  const bytes = cursor.length <= MAX_CURSOR_LENGTH ? fromBase64Url(cursor) : undefined;
  const text = bytes && new TextDecoder().decode(bytes);
  if (!text?.startsWith(`${list}:`)) return refused('invalid_cursor', 'Send "next" of the page before, unchanged');
  return { ok: true, value: text.slice(list.length + 1) };
}

/** The same for lists by number, newest first: everything below the cursor's number, or all of them. */
export function readNumberCursor(list: string, cursor: string | undefined): Checked<number> {
  const position = readCursor(list, cursor);
  if (!position.ok) return position;
  if (position.value === undefined) return { ok: true, value: Number.MAX_SAFE_INTEGER };
  if (!/^\d{1,15}$/.test(position.value)) return refused('invalid_cursor', 'Send "next" of the page before, unchanged');
  return { ok: true, value: Number(position.value) };
}
