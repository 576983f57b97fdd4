/** Face of the test city, for benchmarks and end-to-end tests. */

export * from './city.ts';
