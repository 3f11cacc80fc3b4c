/** Where the objects of a workspace live, told by its id: no slug holds a dot, so no other id can be taken for one with this prefix. */

export type Residency = 'none' | 'eu';

/** What ids of workspaces begin with whose objects stay in the EU. */
export const EU_PREFIX = 'eu.';

/** The id of a workspace with this residency, chosen at creation and never changed. `name` is a slug. */
export function workspaceIdOf(name: string, residency: Residency): string {
  return residency === 'eu' ? `${EU_PREFIX}${name}` : name;
}

/** Where the objects of a workspace must stay. */
export function residencyOf(workspaceId: string): Residency {
  return workspaceId.startsWith(EU_PREFIX) ? 'eu' : 'none';
}
