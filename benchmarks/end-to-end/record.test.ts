/** A section is replaced whole, and only the one that was asked for; the page has the sections that its commands name. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../core/index.ts';
import { Conditions, putSection } from './record.ts';

const PAGE =
  'before\n<!-- end-to-end a -->\nold\n<!-- /end-to-end a -->\nbetween\n<!-- end-to-end b -->\nb\n<!-- /end-to-end b -->\n';

describe('putSection', () => {
  it('replaces what stands between the marks, and nothing else', () => {
    const once = putSection(PAGE, 'a', 'new\n');
    expect(once).toBe(PAGE.replace('\nold\n', '\n\nnew\n\n'));
    expect(putSection(once, 'a', 'new')).toBe(once);
  });

  it('refuses a section that the page does not have', () => {
    expect(() => putSection(PAGE, 'c', 'new')).toThrow(/no section/);
  });

  it('finds every section that the commands of the page record', () => {
    const page = readFileSync(packagePath('docs', 'reference', 'accuracy.md'), 'utf8');
    const named = [...page.matchAll(/--record (\S+)/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect(putSection(page, name, 'new')).toContain('\n\nnew\n\n');
  });
});

it('says on which weights, and how many frames were analysed', () => {
  const clip = { truth: { durationS: 10 } };
  const result = { camera: { clip, sampling: { decode: 'fps', fps: 5 } }, framesAnalysed: 48 };
  const judged = { result } as unknown as Parameters<Conditions['describe']>[0][number];
  expect(new Conditions('streetwatch-fast').describe([judged])).toMatch(
    /weights `[0-9a-f]{12}`\. Frames analysed a second: 4\.8 at 5 fps\.$/,
  );
});
