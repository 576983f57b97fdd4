import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { EVENT_TYPES } from '../../core/index.ts';
import { healthSubject, incidentSubject, subjectToken, typeToken } from './subjects.ts';

it('an incident has one subject of seven tokens', () => {
  const subject = incidentSubject({
    adcode: '310115',
    domain: 'traffic',
    eventType: 'illegal_parking.motor',
    cameraId: '31011500001320000001',
    incidentId: '01M826EDX3B8F4722A34VFXV25',
  });
  expect(subject).toBe(
    'city.310115.incident.traffic.illegal_parking-motor.31011500001320000001.01M826EDX3B8F4722A34VFXV25',
  );
  expect(healthSubject('310115', 'a.b')).toBe('city.310115.camera.health.a%2Eb');
});

it('types keep apart as tokens', () => {
  const tokens = EVENT_TYPES.map(typeToken);
  expect(new Set(tokens).size).toBe(EVENT_TYPES.length);
  for (const token of tokens) expect(token).toMatch(/^[a-z_-]+$/);
});

it('any name is one token of printable ASCII, and different names stay different', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(name, name, (a, b) => {
      for (const c of subjectToken(a)) expect(c > ' ' && c < '\u007f' && !'.*>'.includes(c)).toBe(true);
      expect(subjectToken(a) === subjectToken(b)).toBe(a === b);
    }),
  );
});
