/** The reference pages say what the code says, and links lead somewhere. */

import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../app/telemetry/metrics.ts';
import { ERROR_CODES, packagePath } from '../../core/index.ts';
import { readRepositoryFile, repositoryFiles } from '../support/repo.ts';

describe('documentation', () => {
  test('docs/reference/errors.md lists every error code with its meaning, and no other', () => {
    const rows = readRepositoryFile('docs/reference/errors.md').matchAll(/^\| `([a-z.-]+)` *\| (.*?) *\|$/gm);
    expect(Object.fromEntries([...rows].map((row) => [row[1], row[2]]))).toEqual(ERROR_CODES);
  });

  test('docs/reference/metrics.md lists every metric of the program, and no other', async () => {
    const rows = readRepositoryFile('docs/reference/metrics.md').matchAll(
      /^\| `(streetwatch_[a-z_]+)` *\|/gm,
    );
    const metrics = await createMetrics({ process: false }).registry.getMetricsAsJSON();
    expect([...rows].map((row) => row[1]!).sort()).toEqual(metrics.map((metric) => metric.name).sort());
  });

  test('relative links in Markdown files lead to files that exist', () => {
    const broken = repositoryFiles()
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...readRepositoryFile(path).matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)[^)]*\)/g)]
          .map((match) => posix.join(posix.dirname(path), decodeURIComponent(match[1]!)))
          .filter((target) => !existsSync(packagePath(...target.split('/'))))
          .map((target) => `${path} → ${target}`),
      );
    expect(broken).toEqual([]);
  });
});
