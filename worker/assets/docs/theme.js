/** Runs before the first paint, so that a dark page never flashes white. */
const storedTheme = localStorage.getItem('hyperedge-docs-theme');
const prefersDark = matchMedia('(prefers-color-scheme: dark)').matches;
document.documentElement.classList.toggle('dark-mode', storedTheme ? storedTheme === 'dark' : prefersDark);
