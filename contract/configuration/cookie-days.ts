/** Days that a site's cookie lives after the last visit, unless the site says otherwise. */
export const DEFAULT_COOKIE_DAYS = 90;
