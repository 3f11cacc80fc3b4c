/** An element with properties and children. Texts go in as text: what is shown comes from campaigns and pages. */
export const make = (
  tag: string,
  properties: Partial<HTMLElement> = {},
  ...children: (Node | string)[]
): HTMLElement => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
