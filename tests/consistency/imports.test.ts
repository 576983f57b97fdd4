/** Who may import whom: every import of every file is held against the table of docs/design/architecture.md. */

import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { readRepositoryFile, repositoryFiles } from '../support/repo.ts';

const ARCHITECTURE = 'docs/design/architecture.md';

/** Folder → folders that it may import, read from the table of the page. */
function allowedImports(): Map<string, Set<string>> {
  const rows = readRepositoryFile(ARCHITECTURE).matchAll(/^\| `([a-z]+)\/` *\|[^|]*\|([^|]*)\|$/gm);
  const cells = [...rows].map((row) => [row[1]!, row[2]!.trim()] as const);
  const all = cells.map(([folder]) => folder);
  return new Map(
    cells.map(([folder, cell]) => {
      if (cell === 'nothing of ours') return [folder, new Set<string>()];
      if (cell === 'everything') return [folder, new Set(all)];
      if (cell === 'everything but console')
        return [folder, new Set(all.filter((name) => name !== 'console' && name !== 'tests'))];
      return [folder, new Set(cell.split(',').map((name) => name.trim().replaceAll('`', '')))];
    }),
  );
}

const topOf = (path: string): string => path.split('/')[0]!;
const sources = repositoryFiles().filter((path) => /\.tsx?$/.test(path) && path.includes('/'));

/** Relative imports of a file, as paths from the root. */
function importsOf(path: string): string[] {
  const { module } = parseSync(path, readRepositoryFile(path));
  const specifiers = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) =>
      entry.entries.flatMap((e) => (e.moduleRequest ? [e.moduleRequest.value] : [])),
    ),
  ];
  return specifiers
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(path), name));
}

describe('imports', () => {
  const allowed = allowedImports();

  test('the table names every source folder', () => {
    expect([...allowed.keys()].sort()).toEqual([...new Set(sources.map(topOf))].sort());
  });

  test('tests of a folder aside, no file imports a folder that the table does not allow', () => {
    const wrong = sources
      .filter((path) => !/\.(test|contract|fixture)\.ts$/.test(path))
      .flatMap((path) =>
        importsOf(path)
          .filter(
            (target) =>
              topOf(target) !== topOf(path) && allowed.get(topOf(path))?.has(topOf(target)) !== true,
          )
          .map((target) => `${path} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  test("another folder is imported through its index.ts, the console's contract types aside", () => {
    const wrong = sources
      .filter((path) => topOf(path) !== 'tests' && !/\.(test|contract|fixture)\.ts$/.test(path))
      .flatMap((path) =>
        importsOf(path)
          .filter((target) => topOf(target) !== topOf(path))
          .filter(
            (target) =>
              !/^[a-z]+\/(?:[a-z-]+\/)?index\.ts$/.test(target) && !target.startsWith('api/contract/'),
          )
          .map((target) => `${path} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  test('no files import each other in a circle, types included', () => {
    const graph = new Map(sources.map((path) => [path, importsOf(path)]));
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (done.has(path) || trail.includes(path)) return;
      for (const target of graph.get(path) ?? []) walk(target, [...trail, path]);
      done.add(path);
    };
    for (const path of sources) walk(path, []);
    expect(circles).toEqual([]);
  });

  test('no source file goes back to names that say nothing', () => {
    expect(sources.filter((path) => /\/(utils?|common|helpers?|misc)(\/|\.tsx?$)/.test(path))).toEqual([]);
  });

  test('no source file is longer than 500 lines', () => {
    const long = sources
      .map((path) => ({ path, lines: readRepositoryFile(path).split('\n').length }))
      .filter(({ lines }) => lines > 501);
    expect(long).toEqual([]);
  });
});
