/** What a score costs: our evaluator and onnxruntime-web on the same models and rows in the same run, one row, 200 rows, and opening the file. */
import * as ort from 'onnxruntime-web';
import type { OpenedModel } from '../decisioning/scoring/engine.ts';
import { openModel } from '../decisioning/scoring/onnx/index.ts';
import { writeModel } from '../models/training/onnx/writer.ts';
import { type BenchRow, type CallTime, timeOf } from './clock.ts';
import { SCORED, type ScoredModel } from './scored-models.ts';

const BATCH = 200;
/** Different rows, so that no branch is learned by heart. */
const ROWS = 256;
/** As `timeOf`, for calls that have to be waited for. */
const ROUNDS = 15;
const ROUND_MS = 20;

async function timeOfAsync(call: (turn: number) => Promise<number>): Promise<CallTime> {
  let turn = 0;
  let kept = 0;
  const timed = async (calls: number): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) kept += await call(turn++);
    return performance.now() - start;
  };
  let calls = 1;
  for (let power = 0; power < 20 && (await timed(calls)) < ROUND_MS; power++) calls *= 2;
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(((await timed(calls)) * 1_000) / calls);
  if (Number.isNaN(kept)) throw new Error('a benchmark computed no number');
  const ascending = times.toSorted((one, other) => one - other);
  return { median: ascending[Math.floor(ROUNDS / 2)]!, fastest: ascending[0]! };
}

function opened(bytes: Uint8Array): OpenedModel {
  const model = openModel(bytes);
  if ('refused' in model) throw new Error(`the evaluator refused: ${model.detail}`);
  return model;
}

async function rowsOf({ id, what, width, graph }: ScoredModel): Promise<BenchRow[]> {
  const bytes = writeModel(graph);
  const model = opened(bytes);
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const output = model.outputs.at(-1)!.name;
  const all = Float32Array.from({ length: ROWS * width }, (_, i) => 2 * Math.sin(i * 7.77));
  const single = Array.from({ length: ROWS }, (_, i) => all.slice(i * width, (i + 1) * width));
  const many = all.slice(0, BATCH * width);
  const theirs = async (rows: Float32Array, count: number): Promise<number> => {
    const made = await session.run({ x: new ort.Tensor('float32', rows, [count, width]) });
    return (made[output]!.data as Float32Array)[0]!;
  };
  const rows = [
    {
      key: 'row',
      time: timeOf((turn) => model.run(single[turn % ROWS]!, 1)[output]![0]!),
      engine: 'hyperedge',
      task: 'one row',
    },
    {
      key: 'row',
      time: await timeOfAsync((turn) => theirs(single[turn % ROWS]!, 1)),
      engine: 'onnxruntime-web',
      task: 'one row',
    },
    {
      key: 'batch',
      time: timeOf(() => model.run(many, BATCH)[output]![0]!),
      engine: 'hyperedge',
      task: `${BATCH} rows`,
    },
    {
      key: 'batch',
      time: await timeOfAsync(() => theirs(many, BATCH)),
      engine: 'onnxruntime-web',
      task: `${BATCH} rows`,
    },
    { key: 'open', time: timeOf(() => opened(bytes).inputs[0]!.width), engine: 'hyperedge', task: 'open' },
    {
      key: 'open',
      engine: 'onnxruntime-web',
      task: 'open',
      time: await timeOfAsync(async () => {
        const another = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
        await another.release();
        return 1;
      }),
    },
  ];
  await session.release();
  return rows.map(({ key, time, engine, task }) => ({
    id: `score.${id}.${key}.${engine === 'hyperedge' ? 'own' : 'ort'}`,
    what: `score, ${what}, ${task}: ${engine}`,
    time,
  }));
}

/** The rows of this file. */
export async function scoringRows(): Promise<BenchRow[]> {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'fatal';
  const rows: BenchRow[] = [];
  for (const model of SCORED) rows.push(...(await rowsOf(model)));
  return rows;
}
