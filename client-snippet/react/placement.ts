/** A placement and its parts as elements: their children are your own content. */
import {
  createContext,
  createElement,
  type HTMLAttributes,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useState,
} from 'react';
import { SAFE_ATTRIBUTE, SAFE_URL } from '../lib/safe.ts';
import type { Content, ContentPart, Decision } from '../lib/wire.ts';
import { useDecision } from './use-decision.ts';

interface Common extends Omit<HTMLAttributes<HTMLElement>, 'id' | 'children'> {
  /** Name of the element. Default: `div`; of a part `span`. */
  as?: string;
  /** Your own address of a link or an image. */
  href?: string;
  src?: string;
  alt?: string;
}

export interface PlacementProps extends Common {
  /** Id of the placement. */
  id: string;
  /** Your own content; or a function that draws either: content is `data` where the arm has some, null: draw your own. */
  children?: ReactNode | ((content: unknown, decision: Decision | null | undefined) => ReactNode);
}

export interface PlacementPartProps extends Common {
  /** Name of the part in the content's `parts`. */
  name: string;
  children?: ReactNode;
}

/** Content for the parts of a placement, and how one of them says that it shows its own. */
const Parts = createContext<readonly [content: Content | null, fits: (content: Content) => void]>([null, () => {}]);

/** What a part may set on an element of this name, as properties of React: the rules of lib/render.ts, which changes elements in place. */
function safeProps(tag: string, part: ContentPart): Record<string, unknown> {
  const props: Record<string, unknown> = {};
  for (const [name, value] of Object.entries({ ...part.attributes, ...part })) {
    if (typeof value !== 'string') continue;
    // Links and images only: the same attributes load code or move the whole page on other elements.
    const isAddress = /^(ahref|imgsrc)$/.test(tag + name);
    if (!(isAddress ? SAFE_URL : SAFE_ATTRIBUTE).test(isAddress ? value : name)) continue;
    if (name === 'src') props.srcSet = undefined; // it would win over src
    props[name === 'class' ? 'className' : name] = value;
  }
  return props;
}

/** The text of scripts and styles is code; elements that hold none would have React throw, and the whole page with it. */
const textOf = (tag: string, part: ContentPart | null | undefined): string | undefined =>
  typeof part?.text === 'string' &&
  !/^(script|style|img|input|br|hr|wbr|area|embed|source|track|col|link|meta|base)$/.test(tag)
    ? part.text
    : undefined;

/** The element of a placement: shows its content where there is some, else its children, and reports when it is seen and clicked. */
export function Placement({ id, as = 'div', children, ...own }: PlacementProps): ReactElement {
  const { content: drawn, decision, ref } = useDecision<unknown>(id, null);
  const content = decision?.content ?? null;
  const isDrawn = typeof children === 'function';
  const text = textOf(as, content);
  const inside = isDrawn ? children(drawn, decision) : (text ?? children);
  const props = content && !isDrawn ? safeProps(as, content) : {};
  const [fitting, fits] = useState<Content | null>(null);
  // Content of which nothing fits is not shown, so it cannot be seen.
  const isShown =
    !content || isDrawn || content.data || text !== undefined || Object.keys(props).length > 0 || fitting === content;
  return createElement(
    Parts.Provider,
    { value: [content, fits] },
    createElement(as, { ...own, ...props, ref: isShown ? ref : null }, inside),
  );
}

/** An element inside a placement that takes one part of its content. */
export function PlacementPart({ name, as = 'span', children, ...own }: PlacementPartProps): ReactElement {
  const [content, fits] = useContext(Parts);
  const parts = content?.parts;
  const part = parts && Object.hasOwn(parts, name) ? parts[name] : undefined;
  const props = part && safeProps(as, part);
  const text = textOf(as, part);
  const isShown = text !== undefined || Object.keys(props ?? {}).length > 0;
  useEffect(() => {
    if (content && isShown) fits(content);
  }, [content, isShown, fits]);
  return createElement(as, { ...own, ...props }, text ?? children);
}
