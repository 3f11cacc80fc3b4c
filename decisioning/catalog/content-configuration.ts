/** What an arm or a placement shows, as the compiler reads it. */
import type { Json } from './configuration.ts';

/** What a placement shows. The page script renders text, links, images and attributes; `data` is for custom renderers and apps. */
export interface ContentPart {
  readonly text?: string | undefined;
  /** Markup of `content/html.ts`, only in placements that allow it. */
  readonly html?: string | undefined;
  readonly href?: string | undefined;
  readonly src?: string | undefined;
  readonly srcset?: string | undefined;
  readonly alt?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly classes?:
    | { readonly add?: readonly string[] | undefined; readonly remove?: readonly string[] | undefined }
    | undefined;
}

export interface Content extends ContentPart {
  /** Named descendants of the placement's element (`data-hyperedge-part`). */
  readonly parts?: Readonly<Record<string, ContentPart>> | undefined;
  /** Where the element is put, beside or instead of the first that the selector `to` matches. */
  readonly move?:
    | { readonly to: string; readonly place: 'before' | 'after' | 'prepend' | 'append' | 'replace' }
    | undefined;
  /** Address for which the page is left. */
  readonly redirect?: string | undefined;
  readonly data?: Json | undefined;
}
