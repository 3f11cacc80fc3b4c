/** The decision log as CSV: a model's trials, for tools of one's own. */
import { join } from 'node:path';
import { readLog } from '../../models/training/spec/log-table.ts';
import { TrainingRefusal } from '../../models/training/spec/refusal.ts';
import { CommandFailure } from '../failure.ts';

/** @param from folder of the log. @param manifest of the version that was told. @throws CommandFailure for what a person can mend */
export function logCsv(model: string, from: string, manifest: string): string {
  try {
    const { records } = readLog(join(process.cwd(), 'spec.yaml'), { log: from, model, manifest });
    const columns = Object.keys(records[0]!);
    const lines = records.map((record) => columns.map((column) => cell(record[column]!)).join(','));
    return `${columns.map(cell).join(',')}\n${lines.join('\n')}\n`;
  } catch (error) {
    if (error instanceof TrainingRefusal) throw new CommandFailure(error.message);
    throw error;
  }
}

/** Between quotes where it has to be. */
function cell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
