import { describe, expect, it, vi } from 'vitest';
import { App } from '../http/app.ts';
import { describedEndpoints } from '../http/described.ts';
import { registerDeciding } from './deciding.ts';
import { describeDeciding } from './deciding-described.ts';

describe('the endpoints in front', () => {
  it('are described each, in the order in which they are registered, and no other is', () => {
    const app = new App();
    const registered = vi.spyOn(app, 'on');
    registerDeciding(app);
    describeDeciding(app);
    const described = describedEndpoints(app).map(({ method, path }) => [method.toUpperCase(), path]);
    expect(described).toEqual(registered.mock.calls.map(([method, path]) => [method, path]));
    expect(described.length).toBeGreaterThan(8);
  });
});
