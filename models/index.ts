/** What a model is: manifest, weights, graph preparation. */

export * from './manifest.ts';
export * from './registry.ts';
