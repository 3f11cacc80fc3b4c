/**
 * The schemas of what the worker in front takes, by name. It has a check of each (`checks/requests.ts`), made from these by `npm run checks`; whoever has
 * this file has the whole truth about them, and the words for what is wrong.
 */
import * as z from 'zod';
import { consentRequest } from './consent.ts';
import { optimizeRequest } from './decisions.ts';
import { deviceBundleRequest, deviceDecisionsRequest } from './device.ts';
import { eventsRequest, feedbackRequest } from './events.ts';
import { deviceFileParams, deviceModelParams, deviceModelQuery } from './models/device.ts';

export const requests = {
  optimizeRequest,
  feedbackRequest,
  eventsRequest,
  consentRequest,
  deviceBundleRequest,
  deviceDecisionsRequest,
  deviceModelParams,
  deviceFileParams,
  deviceModelQuery,
  /** A parameter that nobody reads is a slip. */
  noQuery: z.strictObject({}),
} as const satisfies Readonly<Record<string, z.ZodType>>;

/** What each of them gives. */
export type Requests = { readonly [N in keyof typeof requests]: z.output<(typeof requests)[N]> };

/** @returns the schema of that name; undefined where there is none. */
export function requestOf(name: string): z.ZodType | undefined {
  return Object.hasOwn(requests, name) ? requests[name as keyof typeof requests] : undefined;
}
