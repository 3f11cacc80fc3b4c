/** Everything a configuration must fulfil before it can be compiled. */
import { isReservedPath } from './attribute-paths.ts';
import { checkCampaign } from './check-campaign.ts';
import { checkCampaignConditions, checkSegments } from './check-conditions.ts';
import { checkContents } from './check-contents.ts';
import { checkDevice } from './check-device.ts';
import { checkLedgers } from './check-ledgers.ts';
import { checkParameters } from './check-parameters.ts';
import { checkRelations } from './check-relations.ts';
import { checkGoals } from './check-reward.ts';
import type { Configuration } from './configuration.ts';
import { knownIds, noSuch } from './known-ids.ts';
import type { Report } from './problems.ts';

const COLLECTIONS = [
  'campaigns',
  'segments',
  'placements',
  'channels',
  'goals',
  'attributes',
  'sites',
  'pools',
  'stocks',
] as const;

function checkDuplicates(configuration: Configuration, report: Report): void {
  for (const collection of COLLECTIONS) {
    const seen = new Set<string>();
    for (const { id } of configuration[collection]) {
      if (seen.has(id)) report(`/${collection}/${id}`, `"${id}" is the id of two ${collection}`);
      seen.add(id);
    }
  }
}

function checkAttributes(configuration: Configuration, report: Report): void {
  for (const { id } of configuration.attributes) {
    if (isReservedPath(id)) report(`/attributes/${id}/id`, `"${id}" is a name that the runtime provides itself`);
  }
}

/** Reports all problems of a configuration that has its built-in parts already. */
export function checkConfiguration(configuration: Configuration, report: Report): void {
  const known = knownIds(configuration);
  checkDuplicates(configuration, report);
  checkAttributes(configuration, report);
  checkGoals(configuration.goals, report);
  for (const placement of configuration.placements) {
    if (!known.channels.has(placement.channel))
      report(`/placements/${placement.id}/channel`, noSuch('channel', placement.channel, known.channels));
  }
  checkSegments(configuration.segments, known, report);
  for (const campaign of configuration.campaigns) {
    checkCampaign(campaign, known, report);
    checkParameters(campaign, configuration, report);
    checkCampaignConditions(campaign, known, report);
  }
  checkContents(configuration, report);
  checkLedgers(configuration, report);
  checkRelations(configuration.campaigns, known, report);
  checkDevice(configuration, report);
}
