/** Everything that crosses a wire. */
export * from './alerts.ts';
export * from './audience.ts';
export * from './configuration/index.ts';
export * from './consent.ts';
export * from './customers.ts';
export * from './decisions.ts';
export * from './device.ts';
export * from './events.ts';
export * from './ledgers.ts';
export * from './lifecycle.ts';
export * from './parameters-performance.ts';
export * from './performance.ts';
export * from './primitives.ts';
export * from './problem.ts';
export * from './publishing.ts';
export * from './receipts.ts';
export * from './strategies.ts';
