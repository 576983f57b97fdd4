/** The configuration file as one schema: validation, types, defaults and the reference page come from it. */

import { Type } from 'typebox';
import type { Static } from 'typebox';

const strict = { additionalProperties: false };
const id = (what: string) =>
  Type.String({
    pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$',
    description: `${what}: letters, digits, "-" and "_", at most 64. Part of subjects and file names; do not change it later.`,
  });
const oneOf = <const Values extends string[]>(
  values: [...Values],
  options: { description: string; default?: Values[number] },
) => Type.Enum(values, options);

const Point = Type.Tuple([Type.Number(), Type.Number()]);

const Zone = Type.Object(
  {
    id: id('Name of the zone, unique on its camera'),
    name: Type.Optional(
      Type.String({ description: 'What people call the place; shown on stills and in the console.' }),
    ),
    polygon: Type.Array(Point, {
      description:
        'Corners [x, y] in order, 0–1 of the picture from its upper left corner; at least 3, edges may not cross.',
    }),
  },
  strict,
);

const Schedule = Type.Object(
  {
    days: Type.Array(
      oneOf(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], { description: 'A day of the week.' }),
      {
        minItems: 1,
        description: 'Days on which the window begins.',
      },
    ),
    from: Type.String({
      pattern: '^([01]\\d|2[0-3]):[0-5]\\d$',
      description: 'Local time HH:MM at which the window begins.',
    }),
    to: Type.String({
      pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$',
      description: 'Local time HH:MM at which it ends; before or equal to "from" means the next day.',
    }),
  },
  strict,
);

const Exemption = Type.Object(
  {
    name: Type.String({ minLength: 1, description: 'Why, in your own words; logged and shown.' }),
    area: Type.Optional(
      Type.Array(Point, {
        description: 'Part of the picture (bottom-centre decides); absent: the whole zone.',
      }),
    ),
    labels: Type.Optional(Type.Array(Type.String(), { minItems: 1, description: 'Classes; absent: all.' })),
    schedule: Type.Optional(Type.Array(Schedule, { minItems: 1, description: 'When; absent: always.' })),
  },
  {
    ...strict,
    description:
      'What the rule leaves alone, e.g. deliveries in a bay in the morning. All given conditions must hold.',
  },
);

const Rule = Type.Object(
  {
    id: id('Name of the rule, unique on its camera'),
    kind: Type.String({ description: 'Rule kind, e.g. illegal_parking, littering, fire_smoke.' }),
    zone: Type.String({ description: 'The zone that it watches.' }),
    enabled: Type.Boolean({
      default: true,
      description: 'false keeps the rule in the file without running it.',
    }),
    schedule: Type.Optional(
      Type.Array(Schedule, {
        description: "Weekly windows in the district's time zone in which the rule runs; without it, always.",
      }),
    ),
    approval: Type.Boolean({
      default: false,
      description: 'true: nothing of an incident is published before a person has confirmed it.',
    }),
    exemptions: Type.Optional(Type.Array(Exemption, { description: 'What the rule leaves alone.' })),
    params: Type.Record(Type.String(), Type.Unknown(), {
      default: {},
      description: 'Parameters of the kind; docs/guide/rules.md explains each.',
    }),
  },
  strict,
);

/** A camera of the file; the console sets the same keys but id, zones and rules. */
export const CameraSchema = Type.Object(
  {
    id: id('Name of the camera'),
    name: Type.Optional(Type.String({ description: 'What people call the camera.' })),
    source: Type.String({
      minLength: 1,
      description:
        'rtsp://, rtsps://, http(s):// (HLS) or the path of a video file. ${NAME} is replaced by the environment variable NAME, so that passwords need not stand in the file.',
    }),
    transport: oneOf(['tcp', 'udp'], {
      default: 'tcp',
      description: 'RTSP transport; tcp loses nothing on bad networks, udp has less delay.',
    }),
    pacing: oneOf(['realtime', 'asap'], {
      default: 'realtime',
      description: 'Video files only: as fast as they were taken, or as fast as they decode.',
    }),
    decode: oneOf(['fps', 'keyframes'], {
      default: 'fps',
      description:
        '"fps" decodes everything and analyses `fps` frames a second; "keyframes" decodes key frames only, at about a tenth of the cost.',
    }),
    fps: Type.Number({
      default: 5,
      minimum: 0.1,
      maximum: 30,
      description:
        'Analysed frames a second. Raising it follows fast objects better and costs inference; lowering it saves. Not used with keyframes.',
    }),
    idleFps: Type.Number({
      default: 1,
      minimum: 0.2,
      maximum: 30,
      description:
        'Analysed frames a second while nothing changes in the picture; any change brings back `fps` at once. Raising it costs inference on quiet cameras, up to `fps`, where every frame is analysed whatever it shows; lowering it saves. Not used with keyframes.',
    }),
    stallAfterS: Type.Number({
      default: 15,
      minimum: 2,
      maximum: 600,
      description:
        'Seconds of silence after which a connected camera counts as stalled and is opened again. Must exceed the key-frame interval when only key frames are decoded.',
    }),
    code: Type.Optional(
      Type.String({ pattern: '^\\d{20}$', description: 'GB/T 28181 device code, 20 digits.' }),
    ),
    lon: Type.Optional(Type.Number({ minimum: -180, maximum: 180, description: 'Longitude, degrees.' })),
    lat: Type.Optional(Type.Number({ minimum: -90, maximum: 90, description: 'Latitude, degrees.' })),
    crs: Type.Optional(
      oneOf(['wgs84', 'gcj02', 'cgcs2000'], { description: 'Reference system of lon and lat.' }),
    ),
    placeCode: Type.Optional(
      Type.String({
        pattern: '^\\d{6}$',
        description: '行政区划 code, 6 digits; the district’s own if absent.',
      }),
    ),
    place: Type.Optional(
      Type.String({ description: 'Address or description of the place; on stills and in events.' }),
    ),
    cellId: Type.Optional(Type.String({ description: '单元网格 code of the place.' })),
    zones: Type.Array(Zone, { default: [], description: 'Polygons on the picture.' }),
    rules: Type.Array(Rule, { default: [], description: 'What is watched for, zone by zone.' }),
  },
  strict,
);

export const ConfigSchema = Type.Object(
  {
    district: Type.Object(
      {
        adcode: Type.String({
          pattern: '^\\d{6}$',
          description: '行政区划 code, 6 digits: part of every subject.',
        }),
        name: Type.Optional(Type.String({ description: 'Name of the district.' })),
        timeZone: Type.String({
          default: 'Asia/Shanghai',
          description: 'IANA time zone of schedules, overlays and statistics.',
        }),
        codes: Type.Optional(
          Type.String({
            description:
              "The city's event-code table (JSON), relative to this file; config/codes/ has the default.",
          }),
        ),
      },
      strict,
    ),
    store: Type.Object(
      {
        dir: Type.String({
          default: 'data',
          description: 'Folder of the database, segments and evidence, relative to this file.',
        }),
        segmentS: Type.Number({
          default: 4,
          minimum: 1,
          maximum: 60,
          description: 'Length of a recorded segment, seconds, up to the next key frame.',
        }),
        maxGiB: Type.Number({
          default: 50,
          minimum: 0.01,
          description: 'Size limit of all segments; the oldest that no evidence needs go first.',
        }),
        maxAgeH: Type.Number({ default: 72, minimum: 0.05, description: 'Age limit of segments, hours.' }),
        tracksMaxAgeH: Type.Number({
          default: 48,
          minimum: 0,
          description:
            'Hours for which tracks are kept, so that a changed rule can be replayed over them before it is published. Raising it takes disk: about 15 MB a day for a camera on a busy street. 0 keeps none.',
        }),
        incidentsMaxAgeD: Type.Number({
          default: 400,
          minimum: 1,
          description: 'Days after which closed and published incidents are deleted with their evidence.',
        }),
        minFreeGiB: Type.Number({
          default: 2,
          minimum: 0,
          description: 'Free space to keep on the disk; below it the oldest unneeded segments go.',
        }),
      },
      { ...strict, default: {} },
    ),
    broker: Type.Optional(
      Type.Object(
        {
          servers: Type.Array(Type.String({ pattern: '^(nats|tls)://' }), {
            minItems: 1,
            description: 'NATS servers, nats:// or tls://.',
          }),
          stream: Type.String({
            default: 'CITY_EVENTS',
            pattern: '^[A-Za-z0-9_-]+$',
            description: 'JetStream stream; created when it is missing.',
          }),
          casesStream: Type.String({
            default: 'CITY_CASES',
            pattern: '^[A-Za-z0-9_-]+$',
            description:
              'Stream on which the platform reports what became of an incident; created when it is missing.',
          }),
          user: Type.Optional(
            Type.String({ description: 'User name; ${NAME} is replaced from the environment.' }),
          ),
          password: Type.Optional(
            Type.String({ description: 'Password; write ${NAME} and set the environment variable.' }),
          ),
          token: Type.Optional(
            Type.String({ description: 'Token instead of user and password; ${NAME} is replaced.' }),
          ),
          tlsCa: Type.Optional(
            Type.String({
              description: 'PEM file of the authority that signed the server, relative to this file.',
            }),
          ),
          credentials: Type.Optional(
            Type.String({ description: 'NATS .creds file, relative to this file.' }),
          ),
        },
        { ...strict, description: 'Without it incidents are kept and the outbox waits.' },
      ),
    ),
    inference: Type.Object(
      {
        model: Type.String({
          default: 'streetwatch-fast',
          description: 'Id of the model all cameras share; `streetwatch models list` shows them.',
        }),
        sessions: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 64,
            description: 'Inferences at a time; default: one per core.',
          }),
        ),
        threads: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 64,
            description: 'Threads of each inference; default 1, the best throughput.',
          }),
        ),
      },
      { ...strict, default: {} },
    ),
    telemetry: Type.Object(
      {
        listen: Type.String({
          default: '127.0.0.1:9464',
          description: 'host:port of /healthz, /readyz and /metrics; port 0 takes a free one.',
        }),
        token: Type.Optional(
          Type.String({
            minLength: 16,
            description:
              'Whoever reads /readyz and /metrics must send it as `Authorization: Bearer …`; /healthz asks for none. Needed when other machines can reach the address.',
          }),
        ),
        log: oneOf(['debug', 'info', 'warn', 'error'], {
          default: 'info',
          description: 'Least severe log line that is written.',
        }),
      },
      { ...strict, default: {} },
    ),
    api: Type.Optional(
      Type.Object(
        {
          listen: Type.String({
            default: '127.0.0.1:8090',
            description: 'host:port of the console and the API.',
          }),
          tlsCert: Type.Optional(
            Type.String({
              description: 'PEM certificate, relative to this file; with tlsKey the server speaks HTTPS.',
            }),
          ),
          tlsKey: Type.Optional(Type.String({ description: 'PEM private key, relative to this file.' })),
        },
        { ...strict, description: 'The console and its API; absent means none.' },
      ),
    ),
    cameras: Type.Array(CameraSchema, { minItems: 1, description: 'The cameras.' }),
  },
  strict,
);

export type Config = Static<typeof ConfigSchema>;
export type CameraConfig = Config['cameras'][number];
