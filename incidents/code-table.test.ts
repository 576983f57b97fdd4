import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../core/index.ts';
import { defaultCodeTablePath, loadCodeTable, parseCodeTable } from './code-table.ts';

interface File {
  adcode: string;
  types: Record<string, Record<string, string>>;
}
const shipped = (): File => JSON.parse(readFileSync(defaultCodeTablePath(), 'utf8')) as File;

describe('code table', () => {
  it('the shipped one has every type', () => {
    const table = loadCodeTable();
    expect(EVENT_TYPES.map((type) => table.category(type).code)).toEqual([
      '0505',
      '0506',
      '0102',
      '0199',
      '0104',
      '0499',
      '0499',
    ]);
  });

  it('the codes of a city come from its file', () => {
    const file = shipped();
    file.adcode = '110105';
    file.types['fire.flame'] = {
      categoryCode: '200411',
      categoryName: '火灾',
      titleZh: '火灾',
      titleEn: 'Fire',
      domain: 'emergency',
    };
    const category = parseCodeTable(file, 'chaoyang').category('fire.flame');
    expect(category).toMatchObject({ code: '200411', name: '火灾', table: { adcode: '110105' } });
  });

  it.each([
    ['a type without a row', (f: File) => delete f.types['litter.act'], 'litter.act'],
    ['an unknown type', (f: File) => (f.types['graffiti'] = {}), 'additional'],
    [
      'a code with letters',
      (f: File) => (f.types['litter.act']!['categoryCode'] = '01a4'),
      '/types/litter.act/categoryCode',
    ],
    [
      'an unknown domain',
      (f: File) => (f.types['litter.act']!['domain'] = 'police'),
      '/types/litter.act/domain',
    ],
    ['a wrong adcode', (f: File) => (f.adcode = 'Shanghai'), '/adcode'],
  ])('%s is refused and named', (_name, spoil, named) => {
    const file = shipped();
    spoil(file);
    expect(() => parseCodeTable(file, 'x.json')).toThrow(
      expect.objectContaining({ code: 'codes.invalid', message: expect.stringContaining(named) as string }),
    );
  });

  it('a file that is not JSON is refused by name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'streetwatch-codes-'));
    const path = join(folder, '310115.json');
    writeFileSync(path, '{ adcode');
    expect(() => loadCodeTable(path)).toThrow(expect.objectContaining({ code: 'codes.invalid' }));
    rmSync(folder, { recursive: true });
  });
});
