/**
 * `hyperedge('debug')`: shows on the page itself what was decided for each placement, what was reported, and who it was for. Everything
 * stands in a shadow root of its own: no style of the page reaches it, and it moves nothing of the page.
 */
import type { Core } from '../lib/core.ts';
import { frames } from './debug/frames.ts';
import { startLog } from './debug/log.ts';
import { panel } from './debug/panel.ts';
import { STYLES } from './debug/styles.ts';

let started = false;

/** Opens it; called again it does nothing. */
export const start = (core: Core): void => {
  if (started) return;
  started = true;
  const host = document.createElement('hyperedge-debug');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet(); // a constructed sheet: a page's policy against inline styles does not ask about it
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [sheet];
  const log = startLog(core);
  const shown = panel(core, log);
  const drawn = frames(core);
  root.append(drawn.element, shown.element);
  document.documentElement.append(host);
  let waiting = false;
  /** At most once a frame, however much happens. */
  const refresh = (): void => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      shown.show();
      drawn.draw();
    });
  };
  log.onChange(refresh);
  for (const type of ['scroll', 'resize', 'load']) addEventListener(type, refresh, { capture: true, passive: true });
  new ResizeObserver(refresh).observe(document.documentElement);
  refresh();
};
