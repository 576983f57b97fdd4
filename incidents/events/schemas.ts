/** The JSON Schemas that are published in `incidents/schema/`, by file name. */

import { CodeTableSchema } from '../code-table.ts';
import { FeedbackEventSchema } from './feedback-event.ts';
import { HealthEventSchema } from './health-event.ts';
import { IncidentEventSchema } from './incident-event.ts';

/** A consumer validates against these files; a test keeps them equal to the types of the program. */
export const PUBLISHED_SCHEMAS = {
  'incident-event.v1.json': IncidentEventSchema,
  'camera-health.v1.json': HealthEventSchema,
  'case-feedback.v1.json': FeedbackEventSchema,
  'code-table.v1.json': CodeTableSchema,
} as const;
