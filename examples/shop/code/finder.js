/** The layer finder: what the slider says never leaves the page, which decides by it itself. */
import { one } from './dom.js';

/** Tells the part `device`, which decides anew. Resolves when it is there, where the script has arrived already. */
const tell = ({ value, dataset }) =>
  hyperedge('device', { attributes: { morning: Number(value) }, ...(dataset.key && { key: dataset.key }) });

/** The page of the finder is in place. Its placement is marked when the part is there to decide it. */
export async function showFinder() {
  const slider = one('[data-degrees]');
  if (!slider) return;
  await tell(slider);
  const place = one('[data-finder]');
  if (place) place.dataset.hyperedge = 'finder';
}

export function startFinder() {
  const ofSlider = (act) => (event) => event.target.matches('[data-degrees]') && act(event.target);
  const show = ({ value }) => {
    one('[data-degrees-shown]').textContent = `${value.replace('-', '−')} °C`;
  };
  document.addEventListener('input', ofSlider(show));
  document.addEventListener('change', ofSlider(tell));
}
