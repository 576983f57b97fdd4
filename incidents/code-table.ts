/** Category codes of a city: which code and department an event type has is configuration, never code. */

import { readFileSync } from 'node:fs';
import { Type, type Static } from 'typebox';
import { Errors } from 'typebox/value';
import { EVENT_TYPES, StreetwatchError, type EventType, messageOf, packagePath } from '../core/index.ts';
import { DOMAINS, type Category } from './incident.ts';

const Entry = Type.Object(
  {
    categoryCode: Type.String({
      pattern: '^[0-9]{4}([0-9]{2})?$',
      description: 'Class and subclass (大类, 小类) in the numbering of the city, 4 or 6 digits.',
    }),
    categoryName: Type.String({
      minLength: 1,
      description: 'Name of the subclass in the table of the city.',
    }),
    titleZh: Type.String({
      minLength: 1,
      description: 'Name of the event on stills and in the console, Chinese.',
    }),
    titleEn: Type.String({
      minLength: 1,
      description: 'Name of the event on stills and in the console, English.',
    }),
    domain: Type.Enum([...DOMAINS], {
      description: 'Department that receives it; also the fourth token of the NATS subject.',
    }),
  },
  { additionalProperties: false },
);

/** Schema of `config/codes/<adcode>.json`. Every event type needs a row. */
export const CodeTableSchema = Type.Object(
  {
    adcode: Type.String({ pattern: '^[0-9]{6}$', description: '行政区划 code of the city or district.' }),
    version: Type.String({
      minLength: 1,
      description: 'Goes into every event; change it with every change of the table.',
    }),
    standard: Type.String({ minLength: 1, description: 'The numbering that the codes follow.' }),
    types: Type.Object(
      Object.fromEntries(EVENT_TYPES.map((type) => [type, Entry])) as Record<EventType, typeof Entry>,
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
type CodeTableFile = Static<typeof CodeTableSchema>;

/** Codes of one city. */
export interface CodeTable {
  readonly adcode: string;
  readonly version: string;
  category(eventType: EventType): Category;
}

/** Path of the table that ships with the program and fits most cities' base list. */
export function defaultCodeTablePath(): string {
  return packagePath('config', 'codes', '000000.json');
}

/**
 * Reads and checks a table.
 * @throws StreetwatchError `codes.invalid` with every problem of the file in its message.
 */
export function loadCodeTable(path: string = defaultCodeTablePath()): CodeTable {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new StreetwatchError('codes.invalid', `code table ${path} cannot be read: ${messageOf(cause)}`, {
      cause,
      context: { file: path },
    });
  }
  return parseCodeTable(value, path);
}

/** As {@link loadCodeTable}, from a value; `name` is what errors call it. */
export function parseCodeTable(value: unknown, name: string): CodeTable {
  const problems = Errors(CodeTableSchema, value);
  if (problems.length > 0) {
    const text = problems
      .map((p) => `${p.instancePath === '' ? '/' : p.instancePath}: ${p.message}`)
      .join('; ');
    throw new StreetwatchError('codes.invalid', `code table ${name} is not valid: ${text}`, {
      context: { file: name },
    });
  }
  const file = value as CodeTableFile;
  const table = { adcode: file.adcode, version: file.version, standard: file.standard };
  return {
    adcode: file.adcode,
    version: file.version,
    category(eventType) {
      const row = file.types[eventType];
      return {
        code: row.categoryCode,
        name: row.categoryName,
        titleZh: row.titleZh,
        titleEn: row.titleEn,
        domain: row.domain,
        table,
      };
    },
  };
}
