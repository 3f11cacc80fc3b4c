import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checksSource, TARGET } from '../../scripts/checks/source.ts';
import { requests } from '../requests.ts';
import type { Check } from './check.ts';
import * as written from './requests.ts';

describe('the checks of requests', () => {
  it('are what the schemas make of them: npm run checks', () => {
    expect(readFileSync(TARGET, 'utf8')).toBe(checksSource());
  });

  it('are those of all requests, each with the name of its schema', () => {
    const checks: Readonly<Record<string, Check<unknown>>> = { ...written };
    expect(Object.keys(checks).toSorted()).toEqual(Object.keys(requests).toSorted());
    for (const [name, check] of Object.entries(checks)) expect(check.request).toBe(name);
  });
});
