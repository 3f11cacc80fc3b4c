/** The header of a guide: on a phone it opens the list of pages, everywhere it switches between light and dark. */
const root = document.documentElement;
const menu = document.getElementById('menu');

function showMenu(isShown) {
  root.classList.toggle('menu-open', isShown);
  menu.setAttribute('aria-expanded', String(isShown));
}

menu.addEventListener('click', () => showMenu(menu.getAttribute('aria-expanded') === 'false'));
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !root.classList.contains('menu-open')) return;
  showMenu(false);
  menu.focus();
});
// A page that the browser kept in memory comes back without the list over it.
addEventListener('pagehide', () => showMenu(false));

document.getElementById('theme').addEventListener('click', () => {
  const isDark = root.classList.toggle('dark-mode');
  localStorage.setItem('hyperedge-docs-theme', isDark ? 'dark' : 'light');
});

// Where the list scrolls, it begins at the page that is read.
document.querySelector('.index [aria-current]')?.scrollIntoView({ block: 'nearest' });
