/** What a campaign's objects are handed is checked before anything of it is stored: a sum that is wrong once stays wrong. */
import { MAX_SUMS_LENGTH, type SumsByName } from '../../decisioning/bandits/named-sums.ts';
import { STATISTIC_FIELDS } from '../../decisioning/bandits/statistics.ts';
import { MAX_NETWORK_TRIALS } from '../../decisioning/limits/network-trials.ts';
import {
  type CampaignAddress,
  type Delivery,
  MAX_DELIVERY_EVENTS,
  MAX_EVENT_ELEMENTS,
  MAX_EVENT_NAMES,
  MAX_REPORT_CELLS,
  MAX_REPORT_ELEMENTS,
  MAX_REPORT_VECTORS,
  type ShardReport,
  type StatisticsEvent,
} from './protocol.ts';

/** Ids are 64 characters and names of objects 22; twice that leaves room and keeps rows small. */
const MAX_NAME_LENGTH = 128;
/** A campaign has at most 64 shards; the bound here only keeps nonsense out. */
const MAX_SHARD = 1_023;

/** It has 32 bits. */
const MAX_TRIAL = 0xffff_ffff;

const fields: ReadonlySet<string> = new Set(STATISTIC_FIELDS);
/** Sums that may fall: refunds. All others only grow. */
const mayFall: ReadonlySet<string> = new Set(['revenueMinor', 'customerRevenueMinor']);

function refuse(what: string): never {
  throw new RangeError(`campaign statistics: ${what}`);
}

function checkName(value: string, what: string): void {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_NAME_LENGTH) refuse(`${what} is no name`);
}

function checkCount(value: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < 0) refuse(`${what} is no count`);
}

function checkAddress(address: CampaignAddress, shard: number): void {
  checkName(address.workspaceId, 'workspaceId');
  checkName(address.campaignId, 'campaignId');
  checkCount(shard, 'shard');
  if (shard > MAX_SHARD) refuse('shard is out of range');
}

function checkSums(sums: object, canFall: (field: string) => boolean): void {
  if (typeof sums !== 'object' || sums === null) refuse('no sums');
  for (const [field, value] of Object.entries(sums)) {
    if (!fields.has(field)) refuse('unknown field');
    if (!Number.isSafeInteger(value)) refuse(`${field} is no integer`);
    if (value < 0 && !canFall(field)) refuse(`${field} is negative`);
  }
}

function checkVector(vector: readonly number[], name: string): void {
  if (!Array.isArray(vector) || vector.length === 0 || vector.length > MAX_SUMS_LENGTH) refuse(`${name} is no vector`);
  // `every` would pass over the holes of a sparse list.
  for (const value of vector) if (!Number.isSafeInteger(value)) refuse(`${name} holds a value that is no integer`);
}

function checkNamedSums(sums: SumsByName): void {
  const named = Object.entries(sums);
  if (named.length > MAX_EVENT_NAMES) refuse(`more than ${MAX_EVENT_NAMES} named sums`);
  for (const [name, vector] of named) {
    checkName(name, 'name of sums');
    checkVector(vector, name);
  }
  const elements = named.reduce((sum, [, vector]) => sum + vector.length, 0);
  if (elements > MAX_EVENT_ELEMENTS) refuse(`more than ${MAX_EVENT_ELEMENTS} elements`);
}

function checkEvent(event: StatisticsEvent, previousSeq: number): void {
  if (typeof event !== 'object' || event === null) refuse('no event');
  checkCount(event.seq, 'seq');
  if (event.seq <= previousSeq) refuse('seq does not increase');
  checkName(event.leaf, 'leaf');
  checkName(event.arm, 'arm');
  checkCount(event.hour, 'hour');
  if (event.atMs !== undefined) checkCount(event.atMs, 'atMs');
  checkSums(event.change, (field) => mayFall.has(field));
  if (event.momentsHour !== undefined) checkCount(event.momentsHour, 'momentsHour');
  if (event.sums) checkNamedSums(event.sums);
  if (event.trial) checkTrial(event.trial);
}

function checkTrial([network, trial, most]: NonNullable<StatisticsEvent['trial']>): void {
  checkCount(network, 'network');
  checkCount(trial, 'trial');
  if (trial > MAX_TRIAL) refuse('trial is out of range');
  checkCount(most, 'most');
  if (most < 1 || most > MAX_NETWORK_TRIALS) refuse('most is out of range');
}

/** @throws RangeError when a delivery breaks the protocol: nothing of it may be stored. */
export function checkDelivery(delivery: Delivery): void {
  checkAddress(delivery, delivery.shard);
  checkName(delivery.source, 'source');
  if (!Array.isArray(delivery.events)) refuse('no events');
  if (delivery.events.length > MAX_DELIVERY_EVENTS) refuse(`more than ${MAX_DELIVERY_EVENTS} events`);
  let previousSeq = 0;
  for (const event of delivery.events) {
    checkEvent(event, previousSeq);
    previousSeq = event.seq;
  }
}

/** Whether a delivery keeps to the protocol. */
export function isSound(delivery: Delivery): boolean {
  try {
    checkDelivery(delivery);
    return true;
  } catch {
    return false;
  }
}

/** @throws RangeError when a report breaks the protocol: nothing of it may be stored. */
export function checkReport(report: ShardReport): void {
  checkAddress(report, report.shard);
  checkCount(report.seq, 'seq');
  if (report.cells.length > MAX_REPORT_CELLS) refuse(`more than ${MAX_REPORT_CELLS} cells`);
  for (const cell of report.cells) {
    checkName(cell.leaf, 'leaf');
    checkName(cell.arm, 'arm');
    checkCount(cell.hour, 'hour');
    checkSums(cell.statistics, (field) => mayFall.has(field));
    for (const field of STATISTIC_FIELDS) if (cell.statistics[field] === undefined) refuse(`${field} is missing`);
  }
  checkVectors(report.vectors ?? []);
}

function checkVectors(vectors: NonNullable<ShardReport['vectors']>): void {
  if (vectors.length > MAX_REPORT_VECTORS) refuse(`more than ${MAX_REPORT_VECTORS} vectors`);
  let elements = 0;
  for (const { leaf, arm, hour, name, sums } of vectors) {
    checkName(leaf, 'leaf');
    checkName(arm, 'arm');
    checkCount(hour, 'hour');
    checkName(name, 'name of sums');
    checkVector(sums, name);
    elements += sums.length;
  }
  if (elements > MAX_REPORT_ELEMENTS) refuse(`more than ${MAX_REPORT_ELEMENTS} elements`);
}

/** @throws RangeError when a call meant for another campaign, or another shard, reached this object. */
export function checkSame(known: CampaignAddress, told: CampaignAddress): void {
  if (known.workspaceId !== told.workspaceId || known.campaignId !== told.campaignId) refuse('another campaign’s call');
}
