/** Statistics by cell, as plain sums that can be compared. */

/** `campaign leaf arm hour` → field → sum; zeros are left out. */
export type Sums = Record<string, Record<string, number>>;

export function addTo(sums: Sums, cell: string, change: Readonly<Record<string, number>>): void {
  sums[cell] ??= {};
  const fields = sums[cell]!;
  for (const [field, value] of Object.entries(change)) {
    const sum = (fields[field] ?? 0) + value;
    if (sum === 0) delete fields[field];
    else fields[field] = sum;
  }
  if (Object.keys(fields).length === 0) delete sums[cell];
}

/** Named sums as fields that can be added: `goal:purchase 0`. */
export function fieldsOf(named: Readonly<Record<string, readonly number[]>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, vector]) => vector.map((value, i) => [`${name} ${i}`, value])),
  );
}

export function addAll(sums: Sums, others: Sums): void {
  for (const [cell, change] of Object.entries(others)) addTo(sums, cell, change);
}

/** The first cell in which two differ, in words; null when they are equal. */
export function differenceOf(found: Sums, wanted: Sums): string | null {
  for (const cell of new Set([...Object.keys(found), ...Object.keys(wanted)])) {
    const [is, should] = [found[cell] ?? {}, wanted[cell] ?? {}];
    for (const field of new Set([...Object.keys(is), ...Object.keys(should)]))
      if ((is[field] ?? 0) !== (should[field] ?? 0))
        return `${cell}: ${field} is ${is[field] ?? 0}, should be ${should[field] ?? 0}`;
  }
  return null;
}
