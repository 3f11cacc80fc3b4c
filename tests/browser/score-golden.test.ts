/**
 * Shipped models in a real browser, on a page with a strict policy, by both engines: the scores that training wrote down, which Node and workerd
 * give as well (`models/`, `tests/workerd/models/golden.test.ts`), and no request that tells what they were made of.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openModel } from '../../decisioning/scoring/onnx/index.ts';
import { outputsOf } from '../../decisioning/scoring/outputs.ts';
import { encodeRow } from '../../decisioning/scoring/vector.ts';
import type { GoldenCase } from '../../models/training/run/golden.ts';
import { differenceOf, GOLDEN_TOLERANCE } from '../../models/training/run/golden-tolerance.ts';
import { shippedModel } from './model-answers.ts';
import { usePages } from './pages.ts';

const { double, open } = await usePages();

const FOLDER = new URL('../../models/', import.meta.url);
/** Those that score a customer: what is scored arm by arm has no place on a page. */
const MODELS = readdirSync(FOLDER)
  .filter((id) => existsSync(new URL(`${id}/golden.json`, FOLDER)))
  .filter((id) => shippedModel(id).manifest.inputs.every(({ attribute }) => !attribute.startsWith('arm.')));
const ENGINES = ['hyperedge', 'onnxruntime-web'] as const;
const NONCE = 'bm9uY2U';

const casesOf = (id: string): GoldenCase[] => JSON.parse(readFileSync(new URL(`${id}/golden.json`, FOLDER), 'utf8'));

/** Scores cases on the page, one after the other, as a site would tell of them. */
const scoreOnPage = (page: Page, id: string, engine: string, cases: readonly Record<string, unknown>[]) =>
  page.evaluate(
    async ([model, by, all]) => {
      const found: Record<string, number>[] = [];
      for (const [i, attributes] of all.entries()) {
        const asked = JSON.stringify(Object.values(attributes));
        const scored = new Promise<Record<string, number>>((resolve) => {
          const take = ({ detail }: CustomEvent<HyperedgeScore>) => {
            // Nothing keeps it from being scored in between.
            if (JSON.stringify(Object.values(detail.inputs)) !== asked || detail.engine !== by) return;
            removeEventListener('hyperedge:score', take);
            resolve(detail.outputs);
          };
          addEventListener('hyperedge:score', take);
        });
        hyperedge('score', { attributes, ...(i === 0 && { models: [model], engine: by }) });
        found.push(await scored);
      }
      return found;
    },
    [id, engine as HyperedgeScore['engine'], cases] as const,
  );

test.each(MODELS.flatMap((id) => ENGINES.map((engine) => [id, engine] as const)))(
  '%s by %s: the page’s scores are those of Node, and no request carries an input',
  async (id, engine) => {
    const { manifest, file } = shippedModel(id);
    double.models = { [id]: { manifest: { ...manifest, onDevice: true }, file } };
    const wasm = engine === 'hyperedge' ? '' : " 'wasm-unsafe-eval'";
    double.headers = {
      'content-security-policy': `default-src 'none'; script-src 'nonce-${NONCE}'${wasm}; style-src 'nonce-${NONCE}'; connect-src ${double.api}`,
    };
    const { page } = await open({ body: '', nonce: NONCE, script: 'data-consent="granted"' });
    const requests: string[] = [];
    page.on('request', (request) => {
      requests.push(`${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ''}`);
    });
    const cases = casesOf(id);
    const given = cases.map(({ attributes }) =>
      Object.fromEntries(manifest.inputs.map(({ attribute }) => [attribute, attributes[attribute] ?? null])),
    );
    const onPage = await scoreOnPage(page, id, engine, given);
    const opened = openModel(file);
    if ('refused' in opened) throw new Error(opened.detail);
    for (const [i, { scores }] of cases.entries()) {
      const { row } = encodeRow(manifest.inputs, (path) => given[i]![path]);
      const inNode = outputsOf(manifest, opened.run(row, 1));
      for (const { name, kind } of manifest.outputs)
        for (const [where, found] of Object.entries({ inNode: inNode[name]!, onPage: onPage[i]![name]! }))
          expect(differenceOf(found, scores[name]!), `case ${i}, ${name} ${where}`).toBeLessThanOrEqual(
            GOLDEN_TOLERANCE[kind],
          );
    }
    // The manifest, the file and the engine were fetched; nothing that was read of the visitor left with it.
    expect(requests.length).toBeGreaterThanOrEqual(3);
    const values = given
      .flatMap((each) => Object.values(each))
      .filter((value) => `${value}`.length > 4 && value !== 1e9);
    const secrets = [...manifest.inputs.map(({ attribute }) => attribute), ...new Set(values.map(String))];
    expect(secrets.filter((secret) => requests.some((request) => request.includes(secret)))).toEqual([]);
    expect(double.received).toEqual([]);
  },
);
