/** What conditions of a bundle see: the same on the device and when it is decided again. */

import type { FactsOf } from '../request-attributes.ts';
import type { Resolve } from '../segments/subject.ts';
import { type DeviceRead, fitsType } from './bundle.ts';

/**
 * Values by path, of attributes that the bundle reads and facts of the page; null for all others. A value of another type than declared is none.
 * Publishing refuses paths that lead into a value (`tags.0`).
 *
 * @param own attributes that stay on the device; nothing is known of them anywhere else
 */
export function deviceResolver(
  reads: Readonly<Record<string, DeviceRead>>,
  page: FactsOf<'page', string>,
  given: Readonly<Record<string, unknown>> = {},
  own: Readonly<Record<string, unknown>> = {},
): Resolve {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(page)) values[`page.${name}`] = value;
  for (const [name, { type, own: isOwn }] of Object.entries(reads)) {
    const from = isOwn ? own : given;
    if (Object.hasOwn(from, name) && fitsType(type, from[name])) values[name] = from[name];
  }
  return (path) => (Object.hasOwn(values, path) ? values[path] : null);
}
