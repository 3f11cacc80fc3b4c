/** What a model may read of an arm: the texts of its content, under `arm.content.` (`arm.content.text`, `arm.content.parts.headline.text`, `arm.content.data.topic`). */

/** Root of the paths that are read from the arm instead of the customer. */
export const ARM_ROOT = 'arm';
/** Longest text that is carried: headlines and lines of copy, not articles. */
export const MAX_FACT_LENGTH = 300;
/** Values that one arm carries: every decision of the placement brings those of all its arms along. */
export const MAX_ARM_FACTS = 24;
/** How deep values are looked for: `content.parts.<name>.text`, and no further. */
const MAX_FACT_DEPTH = 4;

/** Nested objects of texts, numbers and booleans. */
export type ArmFacts = Readonly<Record<string, unknown>>;

/** Whether a path is read from the arm. */
export function isArmPath(path: string): boolean {
  return path.startsWith(`${ARM_ROOT}.`);
}

/** An arm's facts: its short texts, numbers and booleans by their paths, the first {@link MAX_ARM_FACTS} in the order they stand in. */
export function factsOfArm({ id, content }: { readonly id: string; readonly content: unknown }): ArmFacts {
  const left = { count: MAX_ARM_FACTS };
  return { id, content: pick(content, 1, left) ?? {} };
}

function pick(value: unknown, depth: number, left: { count: number }): unknown {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if (depth > MAX_FACT_DEPTH) return undefined;
    const picked = Object.entries(value).flatMap(([name, part]) => {
      const kept = name === 'html' ? undefined : pick(part, depth + 1, left);
      return kept === undefined ? [] : [[name, kept] as const];
    });
    return picked.length > 0 ? Object.fromEntries(picked) : undefined;
  }
  const fits =
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value.length <= MAX_FACT_LENGTH);
  if (!fits || left.count === 0) return undefined;
  left.count -= 1;
  return value;
}
