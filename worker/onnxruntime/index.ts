/** Entry of the worker in front with onnxruntime-web: `npx wrangler deploy worker/onnxruntime/index.ts`. */
import './add.ts';

export { default } from '../index.ts';
