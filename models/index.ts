/** What a model is: manifest, weights, graph preparation. */

export * from './manifest.ts';
export * from './registry.ts';
export * from './prepare/prepare-model.ts';
