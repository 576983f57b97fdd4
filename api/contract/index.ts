/** The contract of the API: schemas, and the types that follow from them. */

export * from './access.ts';
export * from './camera-settings.ts';
export * from './cameras.ts';
export * from './basics.ts';
export * from './incidents.ts';
export * from './replay.ts';
export * from './rules.ts';
export * from './supervision.ts';
export * from './versions.ts';
