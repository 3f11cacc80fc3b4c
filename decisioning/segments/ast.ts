import type { RegexProgram } from './regex/index.ts';

/** A condition after reading: every clause must hold. No clause at all holds for everyone. */
export interface Condition {
  readonly clauses: readonly Clause[];
}

export type Clause =
  | { readonly kind: 'and' | 'or' | 'nor'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'segment'; readonly operator: SegmentOperator; readonly ids: readonly string[] }
  | { readonly kind: 'path'; readonly path: string; readonly test: ValueTest }
  | { readonly kind: 'never'; readonly operator: string };

/** A test of one value: implied loose equality, or operators that must all hold. */
export type ValueTest =
  | { readonly kind: 'equals'; readonly expected: unknown }
  | { readonly kind: 'operators'; readonly tests: readonly OperatorTest[] };

export type SegmentOperator = '$inSegment' | '$notInSegment';
export type CompareOperator = '$eq' | '$ne' | '$lt' | '$lte' | '$gt' | '$gte';
export type VersionOperator = '$veq' | '$vne' | '$vlt' | '$vlte' | '$vgt' | '$vgte';
export type ListOperator = '$in' | '$nin' | '$ini' | '$nini';
export type GroupOperator = '$inGroup' | '$notInGroup';
export type AllOperator = '$all' | '$alli';
export type RegexOperator = '$regex' | '$regexi' | '$notRegex' | '$notRegexi';

/** One operator with its operand. `expected` keeps the operand as written, for explanations. */
export type OperatorTest = { readonly expected: unknown } & (
  | { readonly kind: 'compare'; readonly operator: CompareOperator }
  | { readonly kind: 'version'; readonly operator: VersionOperator }
  | { readonly kind: 'list'; readonly operator: ListOperator; readonly values: readonly unknown[] }
  | { readonly kind: 'group'; readonly operator: GroupOperator; readonly group: string }
  | { readonly kind: 'all'; readonly operator: AllOperator; readonly tests: readonly ValueTest[] }
  | { readonly kind: 'regex'; readonly operator: RegexOperator; readonly program: RegexProgram }
  | { readonly kind: 'exists'; readonly operator: '$exists' }
  | { readonly kind: 'type'; readonly operator: '$type' }
  | { readonly kind: 'size'; readonly operator: '$size'; readonly test: ValueTest }
  | { readonly kind: 'not'; readonly operator: '$not'; readonly test: ValueTest }
  | { readonly kind: 'elemMatch'; readonly operator: '$elemMatch'; readonly test: ElementTest }
  | { readonly kind: 'never'; readonly operator: string }
);

/** What `$elemMatch` asks of an element: operators on the element itself, or a condition on its fields. */
export type ElementTest =
  | { readonly kind: 'value'; readonly test: ValueTest }
  | { readonly kind: 'fields'; readonly condition: Condition };
