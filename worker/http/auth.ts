/** The caller of a request, once its key was checked. */
import type { SiteCookie } from '../../decisioning/catalog/configuration.ts';

/** The published facts of a site. */
export interface SiteFacts {
  readonly kind: 'web' | 'app' | 'server';
  /** Exact origins; only web sites have any. */
  readonly origins: readonly string[];
  readonly consent: 'required' | 'not_required';
  readonly cookie?: SiteCookie;
}

/** A caller with a good key. */
export interface Auth {
  readonly workspaceId: string;
  readonly siteId: string;
  readonly keyId: string;
  readonly keyType: 'publishable' | 'secret';
  /** Undefined when the site has no configuration yet, and on endpoints that only take secret keys, where it is not looked up. */
  readonly site: SiteFacts | undefined;
}
