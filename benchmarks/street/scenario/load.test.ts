/** Scenario files are read strictly, and what is wrong is said at its place. */

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { packagePath } from '../../../core/index.ts';
import { loadScenario, parseScenario } from './load.ts';

const HEAD = `name: tiny
summary: Nothing much.
seed: 1
durationS: 2
startsAt: 2025-06-11 08:15:00
light: day
weather: clear
camera: { at: [0, 5, 15], lookAt: [0, 0, 5], fovDeg: 45, widthPx: 128, heightPx: 72, fps: 5, gopS: 1, codec: h264, crf: 28, noise: 4 }
`;
const TAIL = 'zones: []\n';

function complaint(body: string): string {
  try {
    parseScenario(`${HEAD}${body}${TAIL}`, 'tiny.yaml');
    return 'nothing';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('scenario files', () => {
  it.each([
    [
      'a key that does not exist',
      'actors:\n  - { id: a, kind: person, top: "#112233", legs: "#112233", hat: red, route: [[0, 1, 2]] }\nthings: []\n',
      /tiny\.yaml:10:5: .*hat/,
    ],
    [
      'a kind that does not exist',
      'actors:\n  - { id: a, kind: tram, route: [[0, 1, 2]] }\nthings: []\n',
      /tiny\.yaml:10:\d+: actors\.0\.kind/,
    ],
    [
      'a value that its kind does not have, without a word about other kinds',
      'actors:\n  - { id: a, kind: car, model: coupe, colour: "#112233", route: [[0, 1, 2]] }\nthings: []\n',
      /^tiny\.yaml:10:\d+: actors\.0\.model must be [^\n]*sedan[^\n]*$/,
    ],
    [
      'an unknown fault of the line, and says which there are',
      'actors: []\nthings: []\nserving:\n  - { kind: corupt, fromS: 1, toS: 2 }\n',
      /^tiny\.yaml:12:13: serving\.0\.kind must be one of drop, corrupt, stall, clock-jump$/,
    ],
    [
      'a bin that fills backwards in time',
      'actors: []\nthings:\n  - { id: b, kind: bin, at: [0, 8], colour: "#112233", fill: [[0, 0], [9, 0.5], [4, 1]] }\n',
      /^tiny\.yaml:11:\d+: the knot at 4 s is not after the one before it$/,
    ],
    [
      'a light whose phases are out of order',
      'actors: []\nthings:\n  - { id: l, kind: traffic-light, at: [0, 8], phases: [[5, red], [2, green]] }\n',
      /^tiny\.yaml:11:\d+: the knot at 2 s/,
    ],
    [
      'a fire that is out before it burns',
      'actors: []\nthings:\n  - { id: f, kind: fire, at: [0, 8], fromS: 9, toS: 3, growS: 1, sizeM: 1, smoke: 0 }\n',
      /^tiny\.yaml:11:5: it ends at 3 s/,
    ],
    [
      'faults of camera and line that end before they begin',
      'actors: []\nthings: []\nfaults:\n  - { kind: black, fromS: 9, toS: 3 }\nserving:\n  - { kind: drop, fromS: 2, toS: 2 }\n',
      /^tiny\.yaml:12:5: it ends at 3 s.*\ntiny\.yaml:14:5: it ends at 2 s/,
    ],
    [
      'a thing that is carried by two at once',
      'actors:\n  - { id: p, kind: person, top: "#112233", legs: "#112233", route: [[0, 1, 8]] }\nthings:\n  - { id: g, kind: garbage, form: bag, sizeM: 0.5, carried: [{ by: p, fromS: 0, toS: 5 }, { by: p, fromS: 3, toS: 6 }] }\n',
      /^tiny\.yaml:12:\d+: it is carried from 3 s, before it was put down at 5 s$/,
    ],
    [
      'an id used twice',
      'actors: []\nthings:\n  - { id: a, kind: bin, at: [0, 8], colour: "#112233" }\n  - { id: a, kind: bin, at: [1, 8], colour: "#112233" }\n',
      /tiny\.yaml:12:11: the id "a" is used twice/,
    ],
    [
      'knots out of order',
      'actors:\n  - { id: a, kind: truck, colour: "#112233", route: [[3, 1, 2], [2, 5, 2]] }\nthings: []\n',
      /not after the one before/,
    ],
    [
      'a carrier that is nobody',
      'actors: []\nthings:\n  - { id: g, kind: garbage, form: bag, sizeM: 0.5, carried: [{ by: ghost, fromS: 0, toS: 1 }] }\n',
      /"ghost" is not a person/,
    ],
    [
      'garbage from nowhere',
      'actors: []\nthings:\n  - { id: g, kind: garbage, form: bag, sizeM: 0.5 }\n',
      /needs "at" or "carried"/,
    ],
    ['a missing list', 'actors: []\n', /required properties things/],
    ['no YAML at all', 'actors: [\n', /tiny\.yaml/],
  ])('refuses %s', (_name, body, message) => {
    expect(complaint(body)).toMatch(message);
  });

  it('accepts the smallest scenario', () => {
    expect(complaint('actors: []\nthings: []\n')).toBe('nothing');
  });

  it('refuses a camera clock that is no time', () => {
    const text = `${HEAD}actors: []\nthings: []\n${TAIL}`.replace(
      '2025-06-11 08:15:00',
      '2025-06-11 25:15:00',
    );
    expect(() => parseScenario(text, 'tiny.yaml')).toThrow(
      /^tiny\.yaml:5:11: "2025-06-11 25:15:00" is no time/,
    );
  });

  it('says which file cannot be read', () => {
    expect(() => loadScenario('/nowhere/at-all.yaml')).toThrow(/at-all\.yaml/);
  });

  it.each(readdirSync(packagePath('benchmarks', 'street', 'scenarios')))(
    'reads %s, whose name is its own',
    (file) => {
      const scenario = loadScenario(packagePath('benchmarks', 'street', 'scenarios', file));
      expect(`${scenario.name}.yaml`).toBe(file);
    },
  );
});
