/** `npm run draw:shop`: starts the demo shop with a state of its own and takes the guides' pictures of it. */
import { join } from 'node:path';
import { takePictures } from './shop/pictures.ts';
import { withShop } from './shop/with-shop.ts';

await withShop(({ browser, stack, root }) => takePictures(browser, stack, join(root, 'docs/guides/page')));
