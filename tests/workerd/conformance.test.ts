/** The vectors of decision semantics, in the runtime that customers' objects and workers run on. */
import type { ConformanceVectors } from '../../decisioning/conformance/case.ts';
import vectors from '../../decisioning/conformance/vectors.json';
import { describeConformance } from '../../decisioning/testing/conformance.ts';

// What TypeScript infers of a JSON file knows no tuples, literals or optional fields.
describeConformance('workerd', vectors as unknown as ConformanceVectors);
