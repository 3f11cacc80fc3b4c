/** Where the tables lie that models are trained on: they are not part of the project. */
import { dirname, join, resolve } from 'node:path';

/** In front of a path in a spec: the file lies in the folder of tables. */
const IN_FOLDER = 'data:';
/** Beside the project, unless `HYPEREDGE_DATA` names another. */
const BESIDE = '../../../../shared/data';

/** The folder of tables; docs/guides/models/training.md says what lies in it. */
export function dataFolder(): string {
  return resolve(process.env.HYPEREDGE_DATA || join(import.meta.dirname, BESIDE));
}

/** @param name `data:telco/customers.csv.gz`, or a path relative to the spec */
export function dataFile(specFile: string, name: string): string {
  return name.startsWith(IN_FOLDER)
    ? join(dataFolder(), name.slice(IN_FOLDER.length))
    : resolve(dirname(specFile), name);
}
