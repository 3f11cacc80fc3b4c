/** Small helpers for the page's elements. */
export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const euro = (amount) => `${Number.isInteger(amount) ? amount : amount.toFixed(2)} €`;

/** An element with a class, text and children. */
export function make(tag, { text, children = [], ...properties } = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

/** A drawing of the shop's own sheet. */
export function drawing(id) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 160 120');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `/demo/drawings.svg#${id}`);
  svg.append(use);
  return svg;
}
