/** Built-in channels and goals as documents, in the form in which their overrides are written. */
import type { DocumentInput, Kind } from '../../contract/configuration/index.ts';
import type { Draft } from '../../db/queries/drafts.ts';
import { ABSENT } from '../../db/queries/write-draft.ts';
import type { GoalConfiguration } from '../../decisioning/catalog/configuration.ts';
import { BUILT_IN_CHANNELS, BUILT_IN_GOALS, type BuiltInChannel } from '../../decisioning/catalog/defaults.ts';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** The duration as people write it, in the largest unit that divides it. */
function durationText(ms: number): string {
  for (const [unit, unitMs] of UNITS) if (ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  return `${ms / 1_000}s`;
}

function channelDocument({ cap, claimTtlMs, ...rest }: BuiltInChannel): DocumentInput<'channel'> {
  const writtenCap = cap && { max: cap.max, per: durationText(cap.windowMs) };
  return { ...rest, cap: writtenCap, claimTtl: durationText(claimTtlMs) };
}

function goalDocument({ windowMs, ...rest }: GoalConfiguration): DocumentInput<'goal'> {
  return { ...rest, window: durationText(windowMs) };
}

function asDraft(kind: Kind, document: { readonly id: string }): Draft {
  return { kind, id: document.id, version: ABSENT, body: JSON.stringify(document) };
}

const BUILT_INS: Partial<Record<Kind, readonly Draft[]>> = {
  channel: BUILT_IN_CHANNELS.map((channel) => asDraft('channel', channelDocument(channel))),
  goal: BUILT_IN_GOALS.map((goal) => asDraft('goal', goalDocument(goal))),
};

/** Whether there are built-in documents of a kind. */
export function hasBuiltIns(kind: Kind): boolean {
  return BUILT_INS[kind] !== undefined;
}

/** A built-in document as a draft that nobody wrote yet: its version is {@link ABSENT}, so writing it needs no `If-Match`. */
export function findBuiltIn(kind: Kind, id: string): Draft | undefined {
  return BUILT_INS[kind]?.find((draft) => draft.id === id);
}

/**
 * A page of drafts with the built-in ones among them, by id. May be longer than the page: cut it. Built-in ones beyond the last draft of
 * a full page land behind the cut, so that an override which was not read yet cannot be missed.
 *
 * @param drafts those after `after`, in the order of ids
 */
export function amongBuiltIns(kind: Kind, drafts: readonly Draft[], after: string): readonly Draft[] {
  const builtIns = BUILT_INS[kind]?.filter(({ id }) => id > after && !drafts.some((draft) => draft.id === id));
  if (!builtIns) return drafts;
  return [...drafts, ...builtIns].sort((a, b) => (a.id < b.id ? -1 : 1));
}
