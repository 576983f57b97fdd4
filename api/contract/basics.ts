/** Schemas that every subject uses: ids, pages, problems, points. */

import { Type } from 'typebox';
import type { Static, TSchema } from 'typebox';

/** Ids that we make or that the configuration gives: never a path, never a pattern. */
export const Id = Type.String({ minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]*$' });

/** Milliseconds since 1970-01-01T00:00Z. */
export const TimeMs = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 });

/** Text in one line that people type: names, notes. */
export const text = (maxLength: number, minLength = 0) =>
  Type.String({ minLength, maxLength, pattern: '^[^\\u0000-\\u001f\\u007f]*$' });

/** One of a list of words, as a JSON Schema `enum`. */
export const oneOf = <const T extends readonly string[]>(values: T, options: { description?: string } = {}) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options });

/** RFC 9457 problem details; `code` is one of the table in `docs/reference/errors.md`. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'urn:streetwatch:error:<code>' }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.Optional(Type.String()),
    instance: Type.Optional(Type.String({ description: 'Id of the request, also in the log.' })),
    errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
    context: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { description: 'Problem details (RFC 9457).' },
);
export type Problem = Static<typeof Problem>;

/** One page of a list; `next` is the cursor of the following page, absent on the last one. */
export const page = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next: Type.Optional(Type.String()) });

/** Query of a list: how many, and from where on. */
export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 200, pattern: '^[A-Za-z0-9_-]+$' })),
};

export const PointNorm = Type.Object(
  { x: Type.Number({ minimum: 0, maximum: 1 }), y: Type.Number({ minimum: 0, maximum: 1 }) },
  { additionalProperties: false },
);
export const BoxNorm = Type.Object({
  x1: Type.Number(),
  y1: Type.Number(),
  x2: Type.Number(),
  y2: Type.Number(),
});
export type BoxNorm = Static<typeof BoxNorm>;

/** Empty answer of a command. */
export const NoContent = Type.Null({ description: 'No content.' });
