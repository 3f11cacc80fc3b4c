/** Files as text: the bundler of the tests brings them into workerd, which has no file system. */
declare module '*?raw' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: that is how the bundler hands a file over
  export default text;
}

interface ImportMeta {
  /** Files by path: the bundler of the tests puts them in its place. */
  glob<T>(pattern: string, options: { eager: true; import: 'default'; query?: '?inline' | '?raw' }): Record<string, T>;
}
