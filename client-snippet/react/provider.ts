/** Starts the client in the browser, and carries the server's decisions to the components of this tree. */
import { createContext, createElement, type ReactElement, type ReactNode, useEffect } from 'react';
import type { Bootstrap } from '../npm/bootstrap.ts';
import { consent, type Options, start } from '../npm/index.ts';

export interface HyperedgeProviderProps extends Omit<Options, 'key'> {
  /** `pk_…`; `key` is a name that React keeps for itself. */
  publishableKey: string;
  children?: ReactNode;
}

/**
 * What the server handed over. On a server one process renders for many visitors: decisions are read from here alone, never from a module's
 * state.
 */
export const Handed = createContext<Bootstrap | undefined>(undefined);

/** Before its siblings, since effects run in order: whatever they ask for finds the client started. */
function Starter({ publishableKey, ...others }: Omit<HyperedgeProviderProps, 'children'>): null {
  const options: Options = { ...others, key: publishableKey };
  // A caller writes them anew for every rendering; what they say decides.
  const said = JSON.stringify({ ...options, consent: undefined, bootstrap: undefined });
  const given = options.consent;
  // biome-ignore lint/correctness/useExhaustiveDependencies: see `said`
  useEffect(() => start(options), [said]);
  useEffect(() => {
    if (given) consent(given); // the same again changes nothing
  }, [given]);
  return null;
}

/** Goes around everything that shows decisions; one per page, since a page has one visitor. */
export function HyperedgeProvider({ children, ...options }: HyperedgeProviderProps): ReactElement {
  return createElement(Handed.Provider, { value: options.bootstrap }, createElement(Starter, options), children);
}
