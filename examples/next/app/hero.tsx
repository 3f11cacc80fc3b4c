'use client';
import { Placement, PlacementPart, useDecision } from '@hyperedge/client/react';

/** Your own content stands between the tags: it is shown when nothing else is to be. */
export function Hero() {
  const banner = useDecision<{ parts?: { text?: { text?: string } } } | null>('banner', null);
  return (
    <main>
      <p ref={banner.ref} id="banner">
        {banner.content?.parts?.text?.text ?? 'Free returns within thirty days'}
      </p>
      <Placement id="hero" as="section">
        <PlacementPart name="title" as="h1">
          Made for the early hours
        </PlacementPart>
        <PlacementPart name="text" as="p">
          Layers for cold mornings.
        </PlacementPart>
        <PlacementPart name="action" as="a" href="/gear">
          All gear
        </PlacementPart>
      </Placement>
    </main>
  );
}
