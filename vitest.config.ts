import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', 'console/node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores are the reference machine: more files at once only makes real servers time out.
    maxWorkers: 2,
  },
});
