/** What a page writes to embed one release with integrity: an import map for the lazy parts, and the script's tag. */

interface Built {
  readonly path: string;
  readonly integrity: string;
}

/** Files of `dist/` that pages load by a tag of their own. */
const SCRIPTS = /^(hyperedge|edge|stub|guard)\.js$/;

/**
 * HTML of both, for files served under `origin` (without a slash at the end). The import map has to come before every module of the page; a
 * browser that knows no `integrity` in it loads the parts unchecked.
 */
export function embedOf(origin: string, files: Readonly<Record<string, Built>>): string {
  const parts = Object.entries(files).filter(([name]) => !SCRIPTS.test(name));
  const integrity = Object.fromEntries(parts.map(([, { path, integrity: hash }]) => [`${origin}/${path}`, hash]));
  const script = files['hyperedge.js'] as Built;
  return `<script type="importmap">
${JSON.stringify({ integrity }, null, 2)}
</script>
<script async src="${origin}/${script.path}" integrity="${script.integrity}" crossorigin="anonymous" data-key="pk_…"></script>
`;
}
