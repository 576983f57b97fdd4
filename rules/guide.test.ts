/** The guide has a row for every parameter of every kind, in the words of the schema and with its range and default. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../core/index.ts';
import { ruleKinds } from './registry.ts';

const PAGES: Readonly<Record<string, string>> = {
  illegal_parking: 'rules.md',
  littering: 'rules-littering.md',
  fire_smoke: 'rules-fire.md',
};
interface Parameter {
  readonly description: string;
  readonly default: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

const rows = [...ruleKinds.values()].flatMap(({ kind, params }) => {
  const page = readFileSync(packagePath('docs', 'guide', PAGES[kind]!), 'utf8');
  return Object.entries(params.properties).map(([name, schema]) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` `));
    return { kind, name, row, schema: schema as unknown as Parameter };
  });
});

describe('the guide of', () => {
  it.each(rows)('$kind tells $name', ({ kind, row, schema }) => {
    expect(row).toBeDefined();
    const cells = row!.split('|').map((cell) => cell.trim());
    if (typeof schema.default === 'number') expect(cells.at(-2)).toBe(String(schema.default));
    if (schema.minimum !== undefined) expect(cells.at(-3)).toBe(`${schema.minimum}–${schema.maximum}`);
    // The table of parking has columns of its own for what raising and lowering does.
    if (kind !== 'illegal_parking') expect(cells).toContain(schema.description);
  });
});
