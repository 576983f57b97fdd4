/** Every test that the list of known mistakes names exists. */

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../core/index.ts';

const page = readFileSync(packagePath('docs', 'guide', 'rules-mistakes.md'), 'utf8');
const rows = [...page.matchAll(/^\|\s*(.+?)\s*\|\s*`([^`]+)`(?:: (.+?))?\s*\|$/gm)].map(
  ([, mistake = '', file = '', title = '']) => ({ mistake, file, title }),
);

describe('known mistakes', () => {
  it('are on the list', () => {
    expect(rows.length).toBeGreaterThan(25);
  });

  it.each(rows)('$mistake: $file has its test', ({ file, title }) => {
    const path = packagePath(...file.split('/'));
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain(title);
  });
});
