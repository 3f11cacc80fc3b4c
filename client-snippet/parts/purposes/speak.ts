/** How a part that listens to a banner or the browser says what it heard. */
import type { Core } from '../../lib/core.ts';
import type { Purposes } from './words.ts';

interface PurposesPart {
  start(core: Core, purposes: Purposes, source: string): void;
}

/** The one copy of it: the file that `hyperedge('purposes')` loads, too. */
const file: string = './purposes.js';

/** Says it as `source`. A part that was blocked hears nothing: nothing is given then. */
export const speak = (core: Core, source: string, purposes: Purposes): void => {
  import(file).then((part: PurposesPart) => part.start(core, purposes, source)).catch(() => {});
};

/**
 * Calls back once, when `find` finds something: at once, or when a banner that comes late is there; never when there is none. Looks five times
 * a second, for a minute: longer than any page loads that somebody still reads.
 */
export const whenThere = <T>(find: () => T | undefined, found: (value: T) => void): void => {
  const everyMs = 200;
  let looks = 300;
  const look = (): void => {
    const value = find();
    if (value !== undefined) found(value);
    else if (looks-- > 0) setTimeout(look, everyMs);
  };
  look();
};
