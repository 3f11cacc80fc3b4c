/** From a world's truth as it is written to what is true of every arm, and what is wrong with it. */

import { isKnownPath, pathsOf } from '../../decisioning/catalog/attribute-paths.ts';
import type { Catalog } from '../../decisioning/catalog/compile.ts';
import { noSuch } from '../../decisioning/catalog/known-ids.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { parseCondition, segmentsOf } from '../../decisioning/segments/index.ts';
import type { ArmTruth, CampaignTruth } from '../../simulations/worlds/spec.ts';
import { formatFinding, type SourceDocument } from '../documents/source.ts';
import { CommandFailure } from '../failure.ts';
import type { OfflineCatalog } from '../offline/configuration.ts';
import type { WorldFile } from './world.ts';

type WrittenTruth = WorldFile['truth'][string];

/** What is true of each campaign, every arm named. The world was checked by {@link checkTruth}. */
export function truthOf(file: WorldFile, catalog: Catalog): Readonly<Record<string, CampaignTruth>> {
  return Object.fromEntries(
    Object.entries(file.truth).map(([id, written]) => {
      const { base, values, arms, ...rest } = written;
      const policy = catalog.policies.find(({ campaignId }) => campaignId === id)!;
      const truth = { ...rest, arms: armTruths(written, policy) };
      return [id, truth as CampaignTruth];
    }),
  );
}

/** Arms that are not named have the base, times the factor of each of their values. */
function armTruths(
  { arms, base, values }: WrittenTruth,
  { armIds, parameters }: CampaignPolicy,
): Record<string, ArmTruth> {
  const factorOf = (armId: string): number =>
    (parameters?.parameters ?? []).reduce((product, parameter, i) => {
      const value = parameter.values[parameters!.arms[armId]![i]!]!;
      return product * (values[parameter.id]?.[value] ?? 1);
    }, 1);
  return Object.fromEntries(
    armIds.map((armId) => {
      const own = (Object.hasOwn(arms, armId) ? arms[armId] : undefined) as ArmTruth | undefined;
      const common = base as ArmTruth;
      return [armId, own ?? { ...common, rate: Math.min(1, common.rate * factorOf(armId)) }];
    }),
  );
}

/** Truth about what is not there is a misspelling; an arm without a rate would be a silent zero. Throws CommandFailure at its line. */
export function checkTruth(source: SourceDocument, { truth }: WorldFile, catalog: OfflineCatalog): void {
  const failure = (path: readonly (string | number)[], message: string, key?: string): CommandFailure =>
    new CommandFailure(formatFinding({ file: source.file, ...source.locate(path, key), message }));
  for (const [id, { arms, base, values, groups, drift }] of Object.entries(truth)) {
    const policy = catalog.policies.find(({ campaignId }) => campaignId === id);
    if (!policy) throw failure(['truth'], `there is no campaign "${id}"`, id);
    const known = new Set(policy.armIds);
    const refuse = (armId: string, path: readonly (string | number)[], key?: string): void => {
      if (!known.has(armId)) throw failure(['truth', id, ...path], `"${armId}" is no arm of "${id}"`, key);
    };
    for (const armId of Object.keys(arms)) refuse(armId, ['arms'], armId);
    for (const [i, group] of groups.entries())
      for (const armId of Object.keys(group.arms)) refuse(armId, ['groups', i, 'arms'], armId);
    for (const [i, { condition }] of groups.entries()) {
      const unknown = unknownIn(condition, catalog);
      if (unknown !== undefined) throw failure(['truth', id, 'groups', i, 'condition'], unknown);
    }
    for (const [i, event] of drift.entries()) if (event.arm !== undefined) refuse(event.arm, ['drift', i, 'arm']);
    const missing = base ? undefined : policy.armIds.find((armId) => !Object.hasOwn(arms, armId));
    checkGoals(truth[id]!, catalog, (path, message, key) => failure(['truth', id, ...path], message, key));
    if (missing !== undefined)
      throw failure(['truth', id, 'arms'], `arm "${missing}" has no rate, and there is no "base"`);
    for (const [name, factors] of Object.entries(values)) {
      const parameter = policy.parameters?.parameters.find((each) => each.id === name);
      if (!parameter) throw failure(['truth', id, 'values'], `"${name}" is no parameter of "${id}"`, name);
      const wrong = Object.keys(factors).find((value) => !parameter.values.includes(value));
      if (wrong !== undefined)
        throw failure(['truth', id, 'values', name], `"${wrong}" is no value of "${name}"`, wrong);
    }
  }
}

/** An outcome of a goal that is not there would be played and counted by nobody. Throws what `failure` makes. */
function checkGoals(
  { arms, base }: WrittenTruth,
  { directory }: OfflineCatalog,
  failure: (path: readonly (string | number)[], message: string, key: string) => CommandFailure,
): void {
  const named = Object.entries(arms).map(([armId, arm]) => ({ path: ['arms', armId], arm }));
  for (const { path, arm } of [{ path: ['base'], arm: base }, ...named]) {
    const also = (arm as ArmTruth | undefined)?.also ?? {};
    const unknown = Object.keys(also).find((goal) => !Object.hasOwn(directory.goals, goal));
    if (unknown !== undefined)
      throw failure([...path, 'also'], noSuch('goal', unknown, Object.keys(directory.goals)), unknown);
  }
}

/** What a condition reads that is nowhere: it would never hold. */
function unknownIn(condition: unknown, { directory, segments }: OfflineCatalog): string | undefined {
  const parsed = parseCondition(condition);
  if (!parsed.ok) return 'is no condition';
  const declared = new Set(Object.keys(directory.attributes));
  const path = pathsOf(parsed.condition).find((each) => !isKnownPath(each, declared));
  if (path !== undefined) return `"${path}" is no declared attribute`;
  const segment = segmentsOf(parsed.condition).find((each) => !Object.hasOwn(segments, each));
  return segment === undefined ? undefined : `there is no segment "${segment}"`;
}
