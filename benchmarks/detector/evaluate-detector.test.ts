/** The whole evaluation on a data set of two pictures, one of them broken, with the shipped fast model. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../core/index.ts';
import { findModel } from '../../models/index.ts';
import { evaluateDetector, reportLines, targetsOf } from './index.ts';

let dir = '';
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'streetwatch-evaluate-'));
  for (const part of ['images', 'labels']) mkdirSync(join(dir, part, 'val'), { recursive: true });
  const noise = { type: 'gaussian', mean: 120, sigma: 50 } as const;
  const plain = sharp({ create: { width: 100, height: 80, channels: 3, background: '#777', noise } });
  await plain.toFile(join(dir, 'images/val/garbage_atanu-00001.png'));
  writeFileSync(join(dir, 'labels/val/garbage_atanu-00001.txt'), '7 0.5 0.5 0.2 0.2\n10 0.5 0.5 0.1 0.1\n');
  writeFileSync(join(dir, 'images/val/garbage_atanu-00002.jpg'), 'broken');
});
afterAll(() => rmSync(dir, { recursive: true }));

test('scores only what the source labels, and says which picture could not be read', async () => {
  const steps: number[] = [];
  const report = await evaluateDetector({
    dataDir: dir,
    model: findModel('streetwatch-fast'),
    sessions: 1,
    log: silentLog,
    progress: (done) => steps.push(done),
  });
  expect(steps).toEqual([1, 2]);
  expect(report.pictures).toBe(1);
  expect(report.unreadable).toHaveLength(1);
  // The fire box of a source that does not label fire counts nowhere.
  expect(Object.keys(report.classes)).toEqual(['garbage']);
  expect(report.classes['garbage']).toMatchObject({ truthCount: 1, ap50: 0, recall: 0 });
  expect(report.sources['garbage_atanu']!.falseAlarmPictures).toEqual({ fire: 0, smoke: 0 });
  expect(Object.keys(report.calmThresholds)).toEqual(['fire', 'smoke']);
  expect(report.classes['garbage']).not.toHaveProperty('precision');
  expect(reportLines(report).join('\n')).toContain('garbage_atanu-00002.jpg');
  // Of the targets only those whose sources and classes are all there.
  expect(targetsOf(report).map((t) => t.what)).toEqual(['false fire or smoke alarms per picture']);
});

test('a model is not judged by classes that it does not have', async () => {
  const fast = findModel('streetwatch-fast');
  const classes = fast.manifest.classes.map((label) =>
    label === 'fire' || label === 'smoke' ? `my ${label}` : label,
  );
  const scoreThresholds = Object.fromEntries(classes.map((label) => [label, 0.5]));
  const manifest = { ...fast.manifest, classes, scoreThresholds, rivals: [] };
  const report = await evaluateDetector({
    dataDir: dir,
    model: { ...fast, manifest },
    sessions: 1,
    log: silentLog,
  });
  expect(report.foreignClasses).toEqual(['fire', 'smoke']);
  expect(report.sources['garbage_atanu']!.falseAlarmPictures).toEqual({});
  expect(report.calmThresholds).toEqual({});
  // An alarm that it cannot give is no target reached.
  expect(targetsOf(report)).toEqual([]);
  expect(reportLines(report).join('\n')).toContain('the model has no class fire, smoke: not judged');
});
