/** The console speaks Chinese wherever the program writes a sentence: names and help of every field, and what is wrong with it. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cameraSettingsSchema, checkCameraSettings, loadConfig } from '../../app/config/index.ts';
import { PARAM_ZH } from '../../console/src/i18n/params.ts';
import { sentenceZh } from '../../console/src/i18n/sentences.ts';
import { ADMIN_TEXT } from '../../console/src/i18n/text-admin.ts';
import { RULES_TEXT } from '../../console/src/i18n/text-rules.ts';
import { TEXT } from '../../console/src/i18n/text.ts';
import { ERROR_CODES, messageOf, packagePath, polygonProblem } from '../../core/index.ts';
import { CASE_STATES } from '../../incidents/index.ts';
import { createRules, ruleKinds, scheduleProblem } from '../../rules/index.ts';
import type { RuleConfig, ScheduleConfig } from '../../rules/index.ts';

const CHINESE = /\p{Script=Han}/u;
/** Names of fields and examples of addresses may stand in a Chinese sentence; English words may not. */
const ENGLISH = /\b(must|not|have|than|is|the|of|and|allowed|schema|property|needs|there)\b/i;

const CAMERA_FIELDS = Object.keys(cameraSettingsSchema()['properties'] as object);
const polygon = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
];
const rule = (extra: Partial<RuleConfig>): RuleConfig => ({
  ruleId: 'r1',
  ruleVersion: 1,
  kind: 'illegal_parking',
  cameraId: 'cam-1',
  zone: { zoneId: 'z', version: 1, name: 'z', polygon },
  params: {},
  ...extra,
});
/** One of each sort, so that a field of any type finds one that is wrong for it. */
const WRONG = [
  'nope',
  -1e9,
  1e9,
  0.5,
  null,
  true,
  [],
  ['x'],
  [1],
  {},
  [[{ x: 0, y: 0 }]],
  [polygon, polygon, 1],
];

/** What creating these rules complains of. */
function complaint(...configs: readonly RuleConfig[]): string | undefined {
  try {
    createRules(configs);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

const schedule = (extra: Partial<ScheduleConfig['windows'][number]>, timeZone = 'Asia/Shanghai') =>
  scheduleProblem({ timeZone, windows: [{ days: ['mon'], from: '08:00', to: '10:00', ...extra }] });

describe('every field has a Chinese name and help', () => {
  const fields = [
    ...[...ruleKinds].flatMap(([kind, { params }]) =>
      Object.keys(params.properties).map((name) => `${kind}.${name}`),
    ),
    ...CAMERA_FIELDS.map((name) => `camera.${name}`),
  ];
  it.each(fields)('%s', (field) => {
    expect(PARAM_ZH[field]?.[0]).toMatch(CHINESE);
    expect(PARAM_ZH[field]?.[1]).toMatch(CHINESE);
  });

  it('and nothing is named that is not there', () => {
    const own = Object.keys(PARAM_ZH).filter((key) => !/^(rule|camera)\./.test(key));
    expect(own.filter((key) => !fields.includes(key))).toEqual([]);
  });
});

describe('every mistake is told in Chinese', () => {
  const ofParams = [...ruleKinds].flatMap(([kind, { params }]) =>
    [...Object.keys(params.properties), 'unknown'].flatMap((name) =>
      WRONG.map((wrong) => complaint(rule({ kind, params: { [name]: wrong } }))),
    ),
  );
  const ofRules = [
    complaint(rule({}), rule({})),
    complaint(rule({ kind: 'jaywalking' })),
    complaint(rule({ zone: { zoneId: 'z', version: 1, name: 'z', polygon: polygon.slice(1) } })),
    complaint(rule({ exemptions: [{ name: '装卸' }] })),
    complaint(rule({ exemptions: [{ name: '装卸', labels: [] }] })),
    complaint(rule({ exemptions: [{ name: '装卸', area: polygon.slice(1) }] })),
    complaint(rule({ schedule: { timeZone: 'Mars/Base', windows: [] } })),
  ];
  const ofZones = [
    polygonProblem(polygon.slice(1)),
    polygonProblem([...polygon, { x: 2, y: 0.5 }]),
    polygonProblem([polygon[0]!, polygon[2]!, polygon[1]!, { x: 0, y: 1 }]),
    polygonProblem([polygon[0]!, polygon[1]!, { x: 0.5, y: 0 }]),
  ];
  const ofSchedules = [
    scheduleProblem({ timeZone: 'Asia/Shanghai', windows: [] }),
    schedule({}, 'Mars/Base'),
    schedule({ days: [] }),
    schedule({ days: ['someday' as 'mon'] }),
    schedule({ from: '24:00' }),
    schedule({ to: '25:00' }),
  ];
  const loaded = loadConfig(packagePath('config', 'example.yaml'), {
    NATS_PASSWORD: 'p',
    CAMERA_PASSWORD: 'p',
  });
  const ofCamera = (settings: object): string[] => {
    const wish = { source: 'rtsp://10.0.0.7/1', ...settings } as never;
    const found = checkCameraSettings(loaded, 'gate', wish, undefined);
    return 'problems' in found ? found.problems.map(({ message }) => message) : [];
  };
  const ofCameras = [
    ...CAMERA_FIELDS.flatMap((name) =>
      WRONG.flatMap((wrong) => (name === 'source' ? [] : ofCamera({ [name]: wrong }))),
    ),
    ...['ftp://10.0.0.7/1', 'rtsp://a:b:c:d@', '${HOME}/x.mp4', '../../x.mp4', ''].flatMap((source) =>
      ofCamera({ source }),
    ),
    ...ofCamera({ nameless: 1 }),
  ];
  const sentences = new Set(
    [...ofParams, ...ofRules, ...ofZones, ...ofSchedules, ...ofCameras].filter((one) => one !== undefined),
  );
  it('of which there are many', () => {
    expect(sentences.size).toBeGreaterThan(100);
    for (const list of [ofRules, ofZones, ofSchedules]) expect(list).not.toContain(undefined);
  });
  it.each([...sentences])('%s', (sentence) => {
    const chinese = sentenceZh(sentence);
    expect(chinese).toMatch(CHINESE);
    expect(chinese).not.toMatch(ENGLISH);
  });
});

describe('every word that is made at run time is there', () => {
  const sourceOf = (...folder: string[]): string =>
    readdirSync(packagePath(...folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
      .map((name) => readFileSync(join(packagePath(...folder), name), 'utf8'))
      .join('\n');
  const api = sourceOf('api', 'plugins') + sourceOf('api', 'store');
  const named = (pattern: RegExp): string[] => [
    ...new Set([...api.matchAll(pattern)].map(([, name]) => name!)),
  ];

  it('for the acts and objects of the audit log', () => {
    const actions = named(/action: '([a-z.-]+)'/g);
    expect(actions.length).toBeGreaterThan(20);
    expect(actions.filter((name) => !(`action.${name}` in ADMIN_TEXT))).toEqual([]);
    expect(named(/objectType: '([a-z]+)'/g).filter((name) => !(`object.${name}` in ADMIN_TEXT))).toEqual([]);
  });

  it('for errors that a page may show, but those whose sentence is shown', () => {
    const shown = Object.keys(ERROR_CODES).filter((code) =>
      /^(api|source|footage|live|incident)\./.test(code),
    );
    const bySentence = ['api.invalid', 'api.conflict', 'incident.invalid'];
    // Only a program that is no console meets these.
    const never = ['api.method-not-allowed', 'api.media-type', 'api.range'];
    const wordless = shown.filter((code) => !(`error.${code}` in TEXT));
    expect(wordless.toSorted()).toEqual([...bySentence, ...never].toSorted());
  });

  it('for the states of a case', () => {
    expect(CASE_STATES.filter((state) => !(`dispatch.${state}` in TEXT))).toEqual([]);
  });

  it('for the numbers that decide, as far as their rules write them out', () => {
    const rules = sourceOf('rules', 'kinds');
    // `measurements: { dwellMs: …`, `more: { absentMs, …`, `return { lainMs: …`: each on lines of its own or in one.
    const blocks = [
      ...rules.matchAll(/(?:measurements|more): (?:\w+ \? )?\{([^}]*)\}|return \{\s+(lainMs[^}]*)\}/g),
    ];
    const names = blocks
      .flatMap(([, one, other]) => [...(one ?? other ?? '').matchAll(/(?:^|[,{\s])([a-z]\w+)(?=[:,\s]|$)/g)])
      .map(([, name]) => name!)
      .filter((name) => /(Ms|Ratio|Share|Norm|Reason|score|share|arrival|exposed)$/.test(name));
    expect(names).toContain('dwellMs');
    expect(names).toContain('lainMs');
    expect([...new Set(names)].filter((name) => !(`measure.${name}` in TEXT))).toEqual([]);
  });

  it('for rule kinds', () => {
    expect([...ruleKinds.keys()].filter((kind) => !(`kind.${kind}` in RULES_TEXT))).toEqual([]);
  });

  it('and every Chinese text is Chinese', () => {
    const same = Object.entries(TEXT).filter(([, [zh]]) => !CHINESE.test(zh));
    expect(same.map(([key]) => key)).toEqual(['ui.language', 'ui.comma', 'incident.hash']);
  });
});
