/** How far down a page somebody came: marks in percent of its height, told from the first scrolling on. */
import { happened } from './gather.ts';
import { options, steps } from './options.ts';
import { oncePerView } from './view.ts';

const usualPercents = [25, 50, 75, 90, 100];

/** Tells `scroll-25` and the like, once a view each: of views that their visitor scrolls, not of those that a router or the browser puts in place. */
export const watchScroll = (): void => {
  const restMs = 100; // looks ten times a second at most
  const first = oncePerView();
  const arrived = oncePerView();
  let isResting = false;
  /** Where the page was when it was last looked at, and the highest place of this view. */
  let wasAt = scrollY;
  let highest: number;
  let isByHand: boolean;
  const begin = (): void => {
    if (!arrived('')) return;
    highest = wasAt;
    isByHand = false;
  };
  const look = (): void => {
    isResting = false;
    begin();
    // While it loads, the browser goes to where the visitor left it.
    highest = Math.min(document.readyState === 'complete' ? highest : scrollY, scrollY);
    wasAt = scrollY;
    if (!isByHand && scrollY <= highest) return;
    const { scrollHeight } = document.documentElement;
    const percent = ((scrollY + innerHeight + 1) / scrollHeight) * 100; // a pixel for fractions of one
    for (const step of steps(options.scroll, usualPercents))
      if (percent >= step && step <= 100 && first(`${step}`)) happened(`scroll-${step}`);
  };
  const passive = { passive: true };
  addEventListener(
    'scroll',
    () => {
      if (!isResting) setTimeout(look, restMs);
      isResting = true;
    },
    passive,
  );
  // Back and forward, too, go to a place that was left.
  addEventListener('popstate', () => {
    wasAt = Number.POSITIVE_INFINITY;
  });
  for (const type of ['wheel', 'touchmove', 'keydown'])
    addEventListener(
      type,
      (event) => {
        const { key } = event as Partial<KeyboardEvent>;
        begin();
        isByHand ||= !key || /^( |Page|Arrow|Home|End)/.test(key);
      },
      passive,
    );
};
