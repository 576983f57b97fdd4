/** Types, geometry, clock, errors, bounded queue: no I/O. */

export * from './assert-never.ts';
export * from './bounded-queue.ts';
export * from './camera-health.ts';
export * from './clock.ts';
export * from './detection.ts';
export * from './errors.ts';
export * from './footage.ts';
export * from './frame.ts';
export * from './geometry.ts';
export * from './log.ts';
export * from './package-root.ts';
export * from './redact.ts';
export * from './rule-signal.ts';
