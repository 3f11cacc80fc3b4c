/** Numbers that callers and both workers go by; without a package, so that what decides loads none for them. */

/** Largest body of a decision or event request. */
export const MAX_BODY_BYTES = 16 * 1_024;
/** Feedback carries a token an event: 50 of them have some 30 KB. */
export const MAX_FEEDBACK_BODY_BYTES = 64 * 1_024;
/** Largest body of a configuration request. */
export const MAX_CONFIGURATION_BODY_BYTES = 256 * 1_024;
/** Events in one request; as many as one object takes in one transaction without holding others up. */
export const MAX_EVENTS = 50;
/** Placements of one request: a page's worth, decided one after the other. */
export const MAX_PLACEMENTS = 20;
/** Longest `signed` of a bundle: quoted inside a report it leaves room for the page's addresses in {@link MAX_BODY_BYTES}. */
export const MAX_DEVICE_BUNDLE_CHARS = 9_000;
/** Contents that travel with a bundle, as JSON: what a page of campaigns' texts and addresses has. */
export const MAX_DEVICE_CONTENTS_CHARS = 64_000;
/** How long a page goes by what it was told of a model: a version that is called back serves so much longer there. */
export const DEVICE_MODEL_LIFE_SECONDS = 60;
