/** Files as text: the bundler of the tests brings them into workerd, which has no file system. */
declare module '*?raw' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: that is how the bundler hands a file over
  export default text;
}
