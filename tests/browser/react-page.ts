/** The browser's half of the application: hydrates what the server has sent, or renders where it has sent nothing. */
import { createElement } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import * as client from '../../client-snippet/npm/index.ts';
import { App } from './react-app.ts';

/** What the page gives its test. */
export interface Handle {
  client: typeof client;
  /** Renders once more, with these properties changed. */
  again(more: object): void;
  leave(): void;
}

const root = document.getElementById('root') as HTMLElement;
const options = JSON.parse(document.getElementById('options')?.textContent ?? '{}');
const app = (more: object) => createElement(App, { ...options, ...more });

const rendering = root.firstChild
  ? hydrateRoot(root, app({}), { onRecoverableError: (error) => console.error(`mismatch: ${error}`) })
  : createRoot(root);
if (!root.firstChild) rendering.render(app({}));
Object.assign(window, {
  client,
  again: (more: object) => rendering.render(app(more)),
  leave: () => rendering.unmount(),
});
