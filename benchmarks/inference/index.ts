/** Speed of detection. */

export * from './speed.ts';
