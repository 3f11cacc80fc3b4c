/** Entry of the worker behind it with onnxruntime-web: `npx wrangler deploy worker/onnxruntime/control.ts --config wrangler.control.toml`. */
import './add.ts';

export { ContractService, default } from '../control.ts';
