'use client';
export { Placement, PlacementPart, type PlacementPartProps, type PlacementProps } from './placement.ts';
/** `@hyperedge/client/react`: decisions for components, rendered by React from the first byte of the server on. */
export { HyperedgeProvider, type HyperedgeProviderProps } from './provider.ts';
export { type Shown, useDecision } from './use-decision.ts';
