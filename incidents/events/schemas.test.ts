import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { PUBLISHED_SCHEMAS } from './schemas.ts';

const folder = join(import.meta.dirname, '../schema');

describe('published schemas', () => {
  it.each(Object.entries(PUBLISHED_SCHEMAS))('%s is the schema of the program', async (name, schema) => {
    const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 110 });
    // To write the files after a change: npx vitest run incidents/events/schemas.test.ts --update
    await expect(text).toMatchFileSnapshot(join(folder, name));
  });

  it('there are no others', () => {
    expect(readdirSync(folder).toSorted()).toEqual(Object.keys(PUBLISHED_SCHEMAS).toSorted());
  });
});
