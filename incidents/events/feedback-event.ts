/** What the city's platform sends back about a case that one of our incidents became. */

import { Type, type Static } from 'typebox';

export const FEEDBACK_SCHEMA_ID = 'urn:streetwatch:schema:case-feedback:v1';

/** Case states (`standards.md` 1.3, 1.5): filed 立案, dispatched 派遣, handled 处置, closed 结案, rejected 作废, returned 退回. */
export const CASE_STATES = [
  'accepted',
  'filed',
  'dispatched',
  'handled',
  'closed',
  'rejected',
  'returned',
] as const;

/** Schema of the payload on `city.<adcode>.case.feedback.<incidentId>`. */
export const FeedbackEventSchema = Type.Object(
  {
    incidentId: Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{26}$' }),
    state: Type.Enum([...CASE_STATES]),
    at: Type.String({ format: 'date-time' }),
    caseId: Type.Optional(Type.String({ description: 'Number of the case on the platform.' })),
    dueAt: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Time limit of the case 处置时限: when it is to be closed.',
      }),
    ),
    by: Type.Optional(Type.String()),
    note: Type.Optional(Type.String()),
  },
  {
    $id: FEEDBACK_SCHEMA_ID,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Case feedback',
  },
);

/** One message of case feedback. */
export type FeedbackEvent = Static<typeof FeedbackEventSchema>;
