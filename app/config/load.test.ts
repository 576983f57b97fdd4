import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packagePath } from '../../core/index.ts';
import { formatProblem, loadConfig, readConfig } from './index.ts';
import { rulesOfCamera } from './to-rules.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'streetwatch-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const good = `district:
  adcode: '310104'
cameras:
  - id: a
    source: rtsp://127.0.0.1/a
    zones:
      - id: z
        polygon: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]
    rules:
      - id: r
        kind: illegal_parking
        zone: z
`;

function write(text: string): string {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.yaml`);
  writeFileSync(file, text);
  return file;
}

/** `line:column path: message` of every problem. */
function problemsOf(text: string, environment: Record<string, string> = {}): string[] {
  const file = write(text);
  const result = readConfig(file, environment);
  return 'problems' in result
    ? result.problems.map((problem) => formatProblem(problem).slice(file.length + 1))
    : [];
}

describe('a configuration that is right', () => {
  test('config/example.yaml has no problems', () => {
    expect(readConfig(packagePath('config', 'example.yaml'), {})).toHaveProperty('loaded');
  });

  test('defaults are filled in', () => {
    const { config } = loadConfig(write(good), {});
    expect(config.cameras[0]).toMatchObject({ transport: 'tcp', decode: 'fps', fps: 5, stallAfterS: 15 });
    expect(config).toMatchObject({ inference: { model: 'streetwatch-fast' }, store: { segmentS: 4 } });
    expect(config.broker).toBeUndefined();
  });

  test('relative paths start at the folder of the file', () => {
    expect(loadConfig(write(good), {}).resolve('data')).toBe(join(folder, 'data'));
  });

  test('environment variables are put in', () => {
    const { config } = loadConfig(write(good.replace('127.0.0.1', 'u:${CAM_PW}@127.0.0.1')), {
      CAM_PW: 's3cret',
    });
    expect(config.cameras[0]?.source).toBe('rtsp://u:s3cret@127.0.0.1/a');
  });

  test('schedule and exemptions reach the rule with the time zone of the district', () => {
    const text = good.replace(
      '        zone: z\n',
      `        zone: z
        schedule: [{ days: [mon], from: '08:00', to: '09:00' }]
        exemptions: [{ name: bay, area: [[0, 0], [1, 0], [1, 1]], labels: [truck] }]
        enabled: false
`,
    );
    const { config } = loadConfig(write(text), {});
    expect(rulesOfCamera(config.cameras[0]!, config.district.timeZone)[0]).toMatchObject({
      enabled: false,
      schedule: { timeZone: 'Asia/Shanghai', windows: [{ days: ['mon'], from: '08:00', to: '09:00' }] },
      exemptions: [
        {
          name: 'bay',
          labels: ['truck'],
          area: [
            { x: 0, y: 0 },
            { x: 1, y: 0 },
            { x: 1, y: 1 },
          ],
        },
      ],
    });
  });
});

describe('a configuration that is wrong names the line, the column and what would be right', () => {
  const rows: [name: string, text: string, problems: (string | RegExp)[]][] = [
    ['not YAML', 'district: [', [/^1:12 not valid YAML: /]],
    ['a list', '- a\n', ['1:1 must be a map of keys: district, cameras, …']],
    ['a key twice', `${good}district: {}\n`, [/^13:1 not valid YAML: Map keys must be unique/]],
    [
      'a slip in a key',
      good.replace('source:', 'soruce:'),
      [
        /^4:5 cameras\[0\]: the key "source" is missing/,
        '5:5 cameras[0].soruce: unknown key "soruce"; did you mean "source"?',
      ],
    ],
    [
      'an unknown key',
      good.replace('  adcode', '  colour: red\n  adcode'),
      [/^2:3 district\.colour: unknown key "colour"; known keys: adcode, name/],
    ],
    [
      'a missing key',
      good.replace("  adcode: '310104'", '  name: x'),
      ['2:3 district: the key "adcode" is missing'],
    ],
    [
      'a value out of range',
      good.replace('    zones:', '    fps: 100\n    zones:'),
      ['6:10 cameras[0].fps: must be at most 30'],
    ],
    [
      'a value of the wrong type',
      good.replace('    zones:', '    fps: fast\n    zones:'),
      ['6:10 cameras[0].fps: must be number'],
    ],
    [
      'a choice that does not exist',
      good.replace('    zones:', '    decode: all\n    zones:'),
      ['6:13 cameras[0].decode: must be one of fps, keyframes'],
    ],
    [
      'a number or one of some words, and neither',
      `${good}        params: { dwellS: -3 }\n`,
      [/params\.dwellS: must be at least 1 or one of strict, standard, tolerant$/],
    ],
    [
      'a bad id',
      good.replace('id: a', 'id: a.b'),
      [/^4:9 cameras\[0\]\.id: is not allowed\. Name of the camera: letters/],
    ],
    [
      'two points',
      good.replace(', [0.9, 0.9]', ''),
      ['8:18 cameras[0].zones[0].polygon: a zone needs at least 3 points, this one has 2'],
    ],
    [
      'a point with three numbers',
      good.replace('[0.9, 0.9]', '[0.9, 0.9, 0.9]'),
      [/^8:54 cameras\[0\]\.zones\[0\]\.polygon\[2\]\[2\]: is one entry too many/],
    ],
    [
      'edges that cross',
      good
        .replace('[0.9, 0.9]]', '[0.1, 0.9], [0.9, 0.9]]')
        .replace('[[0.1, 0.1], [0.9, 0.1]', '[[0.1, 0.1], [0.9, 0.8]'),
      [/polygon: edges 1 and 3 cross each other|polygon: edges \d and \d cross/],
    ],
    [
      'a point outside',
      good.replace('[0.9, 0.9]', '[1.9, 0.9]'),
      [
        '8:18 cameras[0].zones[0].polygon: point 3 (1.9, 0.9) lies outside the picture: x and y go from 0 to 1',
      ],
    ],
    [
      'a camera twice',
      good + good.slice(good.indexOf('  - id: a')),
      ['13:9 cameras[1].id: there is another camera "a"; each needs a name of its own'],
    ],
    [
      'a rule on a zone that is not there',
      good.replace('zone: z', 'zone: y'),
      ['12:15 cameras[0].rules[0].zone: this camera has no zone "y"; its zones: z'],
    ],
    [
      'a kind that does not exist',
      good.replace('illegal_parking', 'jaywalking'),
      [/^11:15 cameras\[0\]\.rules\[0\]\.kind: there is no rule kind "jaywalking"; kinds: illegal_parking/],
    ],
    [
      'a parameter that does not exist',
      good.replace('        zone: z', '        zone: z\n        params: { dwel: 3 }'),
      [/^13:19 cameras\[0\]\.rules\[0\]\.params\.dwel: unknown key "dwel"/],
    ],
    [
      'a time zone that does not exist',
      good.replace("'310104'", "'310104'\n  timeZone: Asia/Shangai"),
      ['3:13 district.timeZone: there is no time zone "Asia/Shangai"; IANA names look like Asia/Shanghai'],
    ],
    [
      'a source with another protocol',
      good.replace('rtsp://127.0.0.1/a', 'exec:rm'),
      [/^5:13 cameras\[0\]\.source: must begin with rtsp:\/\//],
    ],
    [
      'a variable that is not set',
      good.replace('127.0.0.1', '${NOWHERE}'),
      ['5:13 cameras[0].source: the environment variable NOWHERE is not set'],
    ],
    [
      'a code table that is not there',
      good.replace("'310104'", "'310104'\n  codes: none.json"),
      [/^3:10 district\.codes: there is no readable file /],
    ],
    [
      'half a TLS pair',
      `${good}api: { tlsCert: ${packagePath('package.json')} }\n`,
      ['13:6 api: tlsCert and tlsKey go together'],
    ],
    [
      'a listener without a port',
      `${good}telemetry: { listen: localhost }\n`,
      ['13:22 telemetry.listen: must be host:port, e.g. 127.0.0.1:9464 or [::1]:9464'],
    ],
    [
      'telemetry that others can reach without a token',
      `${good}telemetry: { listen: '0.0.0.0:9464' }\n`,
      ['13:22 telemetry.listen: other machines can reach this address: set telemetry.token'],
    ],
  ];
  test.each(rows)('%s', (_name, text, expected) => {
    const problems = problemsOf(text);
    for (const one of expected) {
      expect(problems).toContainEqual(typeof one === 'string' ? one : expect.stringMatching(one));
    }
    expect(problems).toHaveLength(expected.length);
  });

  test('all problems are told at once, in the order of the file', () => {
    const problems = problemsOf(
      good
        .replace("'310104'", '31')
        .replace('id: z', 'id: "z z"')
        .replace('kind: illegal_parking', 'kind: 3'),
    );
    expect(problems.map((line) => Number(line.split(':')[0]))).toEqual([2, 7, 11, 12]);
  });

  test('a file that is not there', () => {
    expect(() => loadConfig(join(folder, 'none.yaml'), {})).toThrow(
      expect.objectContaining({ code: 'config.unreadable' }),
    );
  });
});
