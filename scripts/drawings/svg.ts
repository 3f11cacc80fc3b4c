/**
 * The hand that all pictures of the guides share: narrow enough for a phone, in the page's own ink (`currentColor`), with three colours
 * that people who see red and green alike tell apart (Okabe and Ito, 2008) and that stand out from white and from night blue.
 */

/** Of a picture, in its own units: a phone shows it at three quarters, and text of 15 is still read there. */
export const WIDTH = 460;
export const COLOURS = ['#2b7fc4', '#009e73', '#d55e00'] as const;

/** Text sizes: of labels and of headings. */
const TEXT = 15;
/** Second voices: grid, notes. */
const SOFT = 0.72;

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const short = (value: number): string => String(Math.round(value * 10) / 10);

interface TextOptions {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
  readonly soft?: boolean;
  readonly size?: number;
}

/** A line of text, its middle at `y`. */
export function text(x: number, y: number, words: string, options: TextOptions = {}): string {
  const { anchor = 'start', bold, soft, size = TEXT } = options;
  const attributes = [
    `x="${short(x)}" y="${short(y)}" dy=".35em" font-size="${size}"`,
    ...(anchor === 'start' ? [] : [`text-anchor="${anchor}"`]),
    ...(bold ? ['font-weight="700"'] : []),
    ...(soft ? [`fill-opacity="${SOFT}"`] : []),
  ];
  return `<text ${attributes.join(' ')}>${escapeXml(words)}</text>`;
}

/** A filled box; at least a hair wide, so that a share above nothing is seen. */
export function box(x: number, y: number, width: number, height: number, fill: string, opacity = 1): string {
  const see = opacity === 1 ? '' : ` fill-opacity="${opacity}"`;
  return `<rect x="${short(x)}" y="${short(y)}" width="${short(Math.max(1, width))}" height="${height}" rx="2" fill="${fill}"${see}/>`;
}

/** A vertical hair line of the grid. */
export function rule(x: number, from: number, to: number): string {
  return `<path d="M${short(x)} ${short(from)}V${short(to)}" stroke="currentColor" stroke-opacity=".2"/>`;
}

/** A vertical mark that stands out from the grid. */
export function mark(x: number, from: number, to: number): string {
  return `<path d="M${short(x)} ${short(from)}V${short(to)}" stroke="currentColor" stroke-width="2" stroke-opacity=".85"/>`;
}

/** A horizontal line. */
export function stroke(from: number, to: number, y: number, colour: string, width: number): string {
  return `<path d="M${short(from)} ${short(y)}H${short(to)}" stroke="${colour}" stroke-width="${width}" stroke-linecap="round"/>`;
}

/** A course through points. */
export function line(points: readonly (readonly [x: number, y: number])[], colour: string): string {
  const path = points.map(([x, y]) => `${short(x)},${short(y)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="3" stroke-linejoin="round"/>`;
}

export function dot(x: number, y: number, colour: string): string {
  return `<circle cx="${short(x)}" cy="${short(y)}" r="5" fill="${colour}"/>`;
}

/** A share as people read it: no decimals, but never 0 % or 100 % for what is neither. */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return '<1 %';
  if (share < 1 && share > 0.995) return '>99 %';
  return `${Math.round(share * 100)} %`;
}

/** The picture, with what it says in words. Where no page lends it its ink, it follows the reader's theme. */
export function picture(height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="Inter, ui-sans-serif, system-ui, sans-serif" fill="currentColor" color="#14172b">`,
    `<title>${escapeXml(title)}</title>`,
    '<style>@media (prefers-color-scheme: dark) { svg { color: #eceefa } }</style>',
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
