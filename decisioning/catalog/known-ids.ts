/** The ids that exist, and what is said of one that does not. */
import { didYouMean } from '../did-you-mean.ts';
import type { AttributeConfiguration, Configuration } from './configuration.ts';

/** Ids that references are checked against. */
export interface KnownIds {
  readonly campaigns: ReadonlySet<string>;
  readonly segments: ReadonlySet<string>;
  readonly placements: ReadonlySet<string>;
  readonly channels: ReadonlySet<string>;
  readonly goals: ReadonlySet<string>;
  /** Goals whose values are no money. */
  readonly otherUnits: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
  /** Type of each declared attribute; absent where conditions alone are checked. */
  readonly attributeTypes?: ReadonlyMap<string, AttributeConfiguration['type']>;
}

/** The ids of a configuration, built-in ones included when they were added before. */
export function knownIds(configuration: Configuration): KnownIds {
  const ids = (documents: readonly { readonly id: string }[]): ReadonlySet<string> =>
    new Set(documents.map(({ id }) => id));
  return {
    campaigns: ids(configuration.campaigns),
    segments: ids(configuration.segments),
    placements: ids(configuration.placements),
    channels: ids(configuration.channels),
    goals: ids(configuration.goals),
    otherUnits: ids(configuration.goals.filter(({ unit = 'money' }) => unit !== 'money')),
    attributes: ids(configuration.attributes),
    attributeTypes: new Map(configuration.attributes.map(({ id, type }) => [id, type])),
  };
}

/** What is said of a reference to something that is not there. @param what it should have been: `goal` @param known ids of that kind */
export function noSuch(what: string, id: string, known: Iterable<string>): string {
  return `there is no ${what} "${id}"${didYouMean(id, known)}`;
}
