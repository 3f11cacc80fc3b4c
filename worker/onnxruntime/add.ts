/**
 * Adds onnxruntime-web beside our own evaluator to whatever imports this: models whose manifests say `"engine": "onnxruntime-web"` then score. The entries
 * beside this file are those of the three workers with it. See docs/operating/deploy.md.
 */
/// <reference path="./loader.d.ts" />
import './as-page.ts';
import factory from 'onnxruntime-web/ort-wasm-simd-threaded.mjs';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { addEngine } from '../../decisioning/scoring/engines.ts';
import { onnxruntimeEngine } from './engine.ts';
import { startRuntime } from './runtime.ts';

// Before the first request, since a decision cannot wait for it.
addEngine('onnxruntime-web', onnxruntimeEngine(await startRuntime(factory, wasm)));
Reflect.deleteProperty((globalThis as { process?: object }).process ?? {}, 'type');
