/** What a scenario file may say: the camera, the light, the actors with their times, and what goes wrong. */

import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const seconds = (description: string) => Type.Number({ minimum: 0, maximum: 36_000, description });
const ground = (description: string) => Type.Tuple([Type.Number(), Type.Number()], { description });
const colour = Type.String({ pattern: '^#[0-9a-f]{6}$', description: 'Colour as #rrggbb, lower case.' });
const id = Type.String({ pattern: '^[a-z][a-z0-9-]*$', description: 'Unique within the scenario.' });
const words = <const T extends readonly string[]>(...values: T) =>
  Type.Unsafe<T[number]>(Type.Enum([...values]));

export const SPAN = {
  fromS: seconds('Begin, seconds of clip time.'),
  toS: seconds('End, seconds of clip time.'),
};

export const CameraSchema = Type.Object(
  {
    at: Type.Tuple([Type.Number(), Type.Number({ minimum: 1, maximum: 30 }), Type.Number()], {
      description:
        'Place of the lens, metres: along the street, height, across (positive: the near pavement).',
    }),
    lookAt: Type.Tuple([Type.Number(), Type.Number(), Type.Number()], {
      description: 'Point in the middle of the picture.',
    }),
    fovDeg: Type.Number({ minimum: 10, maximum: 110, description: 'Vertical field of view.' }),
    widthPx: Type.Integer({ minimum: 64, maximum: 3840, multipleOf: 2 }),
    heightPx: Type.Integer({ minimum: 64, maximum: 2160, multipleOf: 2 }),
    fps: Type.Integer({ minimum: 1, maximum: 30 }),
    gopS: Type.Number({ minimum: 0.2, maximum: 10, description: 'Seconds between key frames.' }),
    codec: words('h264', 'h265'),
    crf: Type.Integer({
      minimum: 15,
      maximum: 40,
      description: 'Constant rate factor; higher is smaller and blockier.',
    }),
    noise: Type.Integer({
      minimum: 0,
      maximum: 40,
      description: 'Strength of the sensor noise, as in the noise filter of ffmpeg.',
    }),
    label: Type.Optional(Type.String({ description: 'Name that the camera writes into the lower corner.' })),
  },
  closed,
);

const Route = Type.Array(Type.Tuple([Type.Number(), Type.Number(), Type.Number()]), {
  minItems: 1,
  description:
    'Knots [seconds, along, across] that the actor passes smoothly; it exists from the first to the last, or, with one knot, always.',
});

const common = {
  id,
  route: Route,
  headingDeg: Type.Optional(
    Type.Number({
      description: 'Where it faces while it has not moved yet; 0 is along the street, 180 against it.',
    }),
  ),
  lamps: Type.Optional(
    Type.Boolean({ description: 'Head and tail lamps lit; by default at dusk, at night and in rain.' }),
  ),
};

export const ActorSchema = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('car'),
      model: words('sedan', 'hatch', 'suv', 'van'),
      colour,
      plate: Type.Optional(Type.String()),
      ...common,
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('bus'), colour, stripe: colour, ...common }, closed),
  Type.Object({ kind: Type.Literal('truck'), colour, ...common }, closed),
  Type.Object({ kind: Type.Literal('tricycle'), colour, ...common }, closed),
  Type.Object(
    { kind: Type.Literal('motorcycle'), colour, rider: Type.Optional(Type.Boolean()), ...common },
    closed,
  ),
  Type.Object(
    { kind: Type.Literal('bicycle'), colour, rider: Type.Optional(Type.Boolean()), ...common },
    closed,
  ),
  Type.Object(
    { kind: Type.Literal('person'), top: colour, legs: colour, hair: Type.Optional(colour), ...common },
    closed,
  ),
]);

export const ThingSchema = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('garbage'),
      id,
      form: words('bag', 'bags', 'heap'),
      sizeM: Type.Number({ minimum: 0.15, maximum: 4, description: 'Width of a bag or of the whole heap.' }),
      colours: Type.Optional(Type.Array(colour, { minItems: 1 })),
      at: Type.Optional(ground('Where it lies from the beginning, if nobody brings it.')),
      appearsAtS: Type.Optional(seconds('A heap that is there from this moment on.')),
      carried: Type.Optional(
        Type.Array(Type.Object({ by: id, ...SPAN }, closed), {
          description: 'Who carries it and when; it lies where it was put down.',
        }),
      ),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('bin'),
      id,
      at: ground('Where it stands.'),
      colour,
      headingDeg: Type.Optional(Type.Number()),
      fill: Type.Optional(
        Type.Array(Type.Tuple([Type.Number(), Type.Number({ minimum: 0, maximum: 1 })]), {
          description: 'Knots [seconds, fullness]; above 0.8 it overflows.',
        }),
      ),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('fire'),
      id,
      at: ground('Where it burns.'),
      ...SPAN,
      growS: Type.Number({ minimum: 0.5, description: 'Seconds from the first flame to full size.' }),
      sizeM: Type.Number({ minimum: 0.2, maximum: 6, description: 'Width at full size.' }),
      smoke: Type.Number({ minimum: 0, maximum: 1, description: '0 none, 1 dense and dark.' }),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('traffic-light'),
      id,
      at: ground('Where the pole stands.'),
      phases: Type.Array(Type.Tuple([Type.Number(), words('red', 'yellow', 'green')]), { minItems: 1 }),
    },
    closed,
  ),
]);

export const CameraFaultSchema = Type.Object(
  {
    kind: words('freeze', 'black', 'blur', 'cover', 'knock'),
    ...SPAN,
    amount: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 60,
        description: 'blur: pixels; knock: degrees; cover: share of the picture times 60.',
      }),
    ),
  },
  closed,
);

export const ServingFaultSchema = Type.Union([
  Type.Object(
    {
      kind: words('drop', 'corrupt'),
      ...SPAN,
      share: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('stall'), ...SPAN }, closed),
  Type.Object(
    {
      kind: Type.Literal('clock-jump'),
      atS: seconds('When.'),
      byS: Type.Number({ minimum: -3000, maximum: 36_000 }),
    },
    closed,
  ),
]);

export const ZoneSchema = Type.Object(
  {
    id,
    purpose: words('no-parking', 'keep-clean', 'watch-fire'),
    ground: Type.Array(ground('Corner on the ground.'), {
      minItems: 3,
      description: 'The zone on the ground; the 0–1 corners follow from the camera.',
    }),
    dwellS: Type.Number({ minimum: 0, description: 'What stands or lies longer than this is an incident.' }),
    decoy: Type.Optional(
      Type.Boolean({
        description:
          'true: whatever happens here is innocent, however long it takes (a queue at a light), and ought to raise nothing.',
      }),
    ),
  },
  closed,
);

export const ScenarioSchema = Type.Object(
  {
    name: id,
    summary: Type.String({ description: 'What happens, in one or two sentences.' }),
    seed: Type.Integer({ minimum: 0 }),
    durationS: Type.Number({ minimum: 0.2, maximum: 36_000 }),
    startsAt: Type.String({
      description: 'Wall time that the camera writes into the picture, e.g. 2025-06-11 08:15:00.',
    }),
    light: words('day', 'dusk', 'night'),
    weather: words('clear', 'overcast', 'rain'),
    camera: CameraSchema,
    actors: Type.Array(ActorSchema),
    things: Type.Array(ThingSchema),
    zones: Type.Array(ZoneSchema),
    faults: Type.Optional(Type.Array(CameraFaultSchema)),
    serving: Type.Optional(Type.Array(ServingFaultSchema)),
  },
  closed,
);

export type Scenario = Static<typeof ScenarioSchema>;
export type CameraSpec = Static<typeof CameraSchema>;
export type ActorSpec = Static<typeof ActorSchema>;
export type ThingSpec = Static<typeof ThingSchema>;
export type GarbageSpec = Extract<ThingSpec, { kind: 'garbage' }>;
export type FireSpec = Extract<ThingSpec, { kind: 'fire' }>;
export type ZoneSpec = Static<typeof ZoneSchema>;
/** What is wrong with the camera itself. */
export type CameraFault = Static<typeof CameraFaultSchema>;
/** What goes wrong between the camera and its viewer, in seconds of clip time. */
export type ServingFault = Static<typeof ServingFaultSchema>;
