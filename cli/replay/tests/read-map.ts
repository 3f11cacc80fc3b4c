/** Reads the map of an archive, if a file is one. */
import { flattenIssues } from '../../documents/issues.ts';
import { readFile } from '../../documents/read.ts';
import { formatFinding } from '../../documents/source.ts';
import { CommandFailure } from '../../failure.ts';
import { type TestsMap, testsMap } from './map.ts';

/** The map, or undefined for one of another mode. Throws CommandFailure with a line per error, each with file, line and column. */
export function readTestsMap(file: string): TestsMap | undefined {
  const [source] = readFile(file).documents;
  const value = source?.value;
  if (!source || typeof value !== 'object' || value === null || !('mode' in value) || value.mode !== 'tests')
    return undefined;
  const result = testsMap.safeParse(value);
  if (result.success) return result.data;
  const lines = flattenIssues(result.error.issues).map((issue) =>
    formatFinding({ file, ...source.locate(issue.path, issue.key), message: issue.message }),
  );
  throw new CommandFailure(lines.join('\n'));
}
