/** Every key of the configuration changes behaviour and has a test that shows it. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ConfigSchema } from '../../app/config/index.ts';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node | readonly Node[];
}

/** Paths of all keys that hold a value; lists are looked through, a point is a value. */
function leaves(node: Node, path: string): string[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([name, child]) =>
      leaves(child, path === '' ? name : `${path}.${name}`),
    );
  }
  const items = node.items as Node | undefined;
  return items?.properties === undefined ? [path] : leaves(items, path);
}

it('every key of the configuration is named by a test in tests/integration/config-keys', () => {
  const folder = join(import.meta.dirname, '../integration/config-keys');
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const calls = [...text.matchAll(/\bkey\(([^)]*)\)/g)].flatMap(([, list]) =>
    [...list!.matchAll(/'([^']+)'/g)].map(([, path]) => path!),
  );
  expect(calls.toSorted()).toEqual(leaves(ConfigSchema as Node, '').toSorted());
});
