/** How long a page was really before somebody's eyes: seconds in a visible tab, told as they pass certain marks. */
import { happened } from './gather.ts';
import { options, steps } from './options.ts';
import { oncePerView } from './view.ts';

const usualSeconds = [10, 30, 60, 180];

/** Tells `dwell-10` and the like, once a view each. A view that begins in the same document starts from zero. */
export const watchDwell = (): void => {
  const first = oncePerView();
  let seconds = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = (): void => {
    if (first('view')) seconds = 0;
    seconds += 1;
    if (steps(options.dwell, usualSeconds).includes(seconds) && first(`${seconds}`)) happened(`dwell-${seconds}`);
  };
  const turn = (): void => {
    clearInterval(timer);
    if (document.visibilityState === 'visible') timer = setInterval(tick, 1_000);
  };
  first('view');
  document.addEventListener('visibilitychange', turn);
  addEventListener('pageshow', turn);
  turn();
};
