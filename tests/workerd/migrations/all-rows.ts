/** Everything in an object's storage. */
import type { Rows } from './old-rows.ts';

/** Every row of every table, by table; blobs as lists of bytes. */
export function allRows(sql: SqlStorage): Rows {
  const tables = sql
    .exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' ORDER BY name",
    )
    .toArray();
  return Object.fromEntries(
    tables.map(({ name }) => {
      const rows = sql.exec(`SELECT * FROM "${name}"`).toArray();
      const plain = rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([column, value]) => [
            column,
            value instanceof ArrayBuffer ? [...new Uint8Array(value)] : value,
          ]),
        ),
      );
      return [name, plain];
    }),
  );
}
