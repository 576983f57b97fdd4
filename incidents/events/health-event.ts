/** The data of a camera health event. */

import { Type, type Static } from 'typebox';
import { CAMERA_FAULTS } from '../../core/index.ts';

export const HEALTH_SCHEMA_ID = 'urn:streetwatch:schema:camera-health:v1';

/** Schema of the data of `streetwatch.camera.health.<phase>.v1`. */
export const HealthEventSchema = Type.Object(
  {
    cameraId: Type.String(),
    id20: Type.Optional(Type.String({ pattern: '^[0-9]{20}$', description: 'GB/T 28181 device code.' })),
    name: Type.String(),
    phase: Type.Enum(['raised', 'cleared']),
    fault: Type.Enum([...CAMERA_FAULTS]),
    since: Type.String({ format: 'date-time', description: 'Since when the fault is, or was, there.' }),
    at: Type.String({ format: 'date-time', description: 'Capture time of the frame that decided it.' }),
    measurements: Type.Record(Type.String(), Type.Number()),
    suspendedRules: Type.Optional(
      Type.Array(Type.String(), {
        description:
          'Ids of the rules of the camera that stand still from now on, because of this fault or another active one: they raise and clear nothing. Empty: all watch again.',
      }),
    ),
  },
  {
    $id: HEALTH_SCHEMA_ID,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Camera health event',
  },
);

/** Data of one camera health event. */
export type HealthEvent = Static<typeof HealthEventSchema>;
