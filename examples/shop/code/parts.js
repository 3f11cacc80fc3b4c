/** The lazy parts of the page script that this shop uses, and what it tells its other tools. */
import { log } from './panel.js';
import { showLetter, showList, showPick } from './places.js';

/** What a tag manager would read; here the panel does. */
function watchDataLayer() {
  window.dataLayer = [];
  const push = window.dataLayer.push;
  window.dataLayer.push = (...entries) => {
    for (const entry of entries) log(`To the data layer: ${entry.event ?? 'an entry'} ${entry.experiment_id ?? ''}`);
    return push.apply(window.dataLayer, entries);
  };
}

/** Placements that carry no attribute, pages that change in place, what is done on them, and where else it is told. */
export function startParts() {
  watchDataLayer();
  hyperedge('placements', [
    { id: 'assurance', html: true },
    { id: 'purposes', selector: '.purposes h2' },
    { id: 'recommendation', render: showPick },
    { id: 'goes-with', render: showList },
    { id: 'letter', render: showLetter },
    { id: 'finder', render: showPick },
  ]);
  hyperedge('events', { scroll: true, dwell: true, forms: { '[data-letter-form]': 'subscribed' } });
  hyperedge('forward', { dataLayer: true });
  hyperedge('offline');
  hyperedge('identity'); // a visitor who is forgotten in one tab is forgotten in all of them
  hyperedge('gpc'); // what the browser refuses is refused
  if (/[?&]hyperedge_debug/.test(location.search)) hyperedge('debug');
}
