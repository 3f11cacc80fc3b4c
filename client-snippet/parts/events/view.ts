/** Which view of which page this is: what is told once a view begins anew with each. */

let restored = 0;

/** Listens for pages that come back as they were left: that is another view. */
export const watchViews = (): void => {
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) restored += 1;
  });
};

/** Changes with the address, its fragment aside, and when the page comes back. */
const view = (): string => `${restored} ${location.pathname}${location.search}`;

/** A function that is true once a view for each name. */
export const oncePerView = (): ((name: string) => boolean) => {
  let current: string | undefined;
  let told = new Set<string>();
  return (name) => {
    if (view() !== current) {
      current = view();
      told = new Set();
    }
    return !told.has(name) && !!told.add(name);
  };
};
