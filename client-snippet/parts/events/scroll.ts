/** How far down a page somebody came: marks in percent of its height, told from the first scrolling on. */
import { happened } from './gather.ts';
import { options, steps } from './options.ts';
import { oncePerView } from './view.ts';

const usualPercents = [25, 50, 75, 90, 100];

/** Tells `scroll-25` and the like, once a view each. */
export const watchScroll = (): void => {
  const restMs = 100; // looks ten times a second at most
  const first = oncePerView();
  let isResting = false;
  const look = (): void => {
    isResting = false;
    const { scrollHeight } = document.documentElement;
    const percent = ((scrollY + innerHeight + 1) / scrollHeight) * 100; // a pixel for fractions of one
    for (const step of steps(options.scroll, usualPercents))
      if (percent >= step && step <= 100 && first(`${step}`)) happened(`scroll-${step}`);
  };
  addEventListener(
    'scroll',
    () => {
      if (!isResting) setTimeout(look, restMs);
      isResting = true;
    },
    { passive: true },
  );
};
