/** Entry of the objects with onnxruntime-web: `npx wrangler deploy worker/onnxruntime/objects.ts --config wrangler.objects.toml`. */
import './add.ts';

export * from '../objects.ts';
export { default } from '../objects.ts';
