/** Documents in the order of their ids, by code unit: the same on every host, whatever order they were read in. */
export function byId<T extends { readonly id: string }>(documents: readonly T[]): readonly T[] {
  return documents.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
