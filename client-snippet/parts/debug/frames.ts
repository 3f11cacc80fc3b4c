/** Frames around the placements of the page, drawn above it. */
import type { Core } from '../../lib/core.ts';
import { make } from './make.ts';

/** More would be slower than the page, and read by nobody. */
const MAX_FRAMES = 60;

/** An element that lies over the page and takes no clicks; `draw` puts the frames where the placements are now. */
export const frames = ({ $decided: decided }: Core): { element: HTMLElement; draw: () => void } => {
  const element = make('div', { className: 'frames' });
  const frame = (target: HTMLElement): HTMLElement | undefined => {
    const { left, top, width, height } = target.getBoundingClientRect();
    if (width * height === 0 || top > innerHeight || top + height < 0) return undefined;
    const placement = target.dataset.hyperedge ?? '';
    const decision = decided().get(placement);
    const label = make('span', { textContent: decision?.arm ? `${placement} · ${decision.arm}` : placement });
    const drawn = make('div', { className: `frame ${decision?.outcome ?? 'waiting'}` }, label);
    Object.assign(drawn.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    return drawn;
  };
  const draw = (): void => {
    const targets = [...document.querySelectorAll<HTMLElement>('[data-hyperedge]')].slice(0, MAX_FRAMES);
    element.replaceChildren(...targets.map(frame).filter((drawn) => drawn !== undefined));
  };
  return { element, draw };
};
