/** Scores the health monitor: made faults on real footage, and the same footage as it is. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CameraFault, HealthSignal } from '../../core/index.ts';
import { HealthMonitor } from '../../health/index.ts';
import { MADE_FAULTS, type MadeFault } from './faults.ts';
import { play, prepareClip } from './footage.ts';

/** A clip, and whether its camera stands still. */
export interface HealthClip {
  readonly name: string;
  readonly file: string;
  readonly fixedView: boolean;
}

/** The footage in `../shared/data/video`. Three were filmed by hand. */
export const HEALTH_CLIPS: readonly HealthClip[] = [
  { name: 'house fire', file: 'fire_furg_house6.mp4', fixedView: true },
  { name: 'suburban road', file: 'traffic_ahmetozlu.mp4', fixedView: true },
  { name: 'motorway 2', file: 'traffic_bgs_video02.avi', fixedView: true },
  { name: 'motorway 3', file: 'traffic_bgs_video03.avi', fixedView: true },
  { name: 'car park', file: 'traffic_intel_car-detection.mp4', fixedView: true },
  { name: 'people indoors', file: 'person_intel_one-by-one.mp4', fixedView: true },
  { name: 'parking by hand', file: 'parking_ltb2k.mp4', fixedView: false },
  { name: 'bonfire at night', file: 'fire_aagooo_fire4.mp4', fixedView: false },
  { name: 'burning car by hand', file: 'fire_spacewalk_input.mp4', fixedView: false },
];

/** A fault is made this long after the start, and must be found this long after that. */
const LEAD_S = 12;
const FIND_WITHIN_S = 10;
const START_MS = 1_700_000_000_000;

/** What became of one made fault. */
export interface FaultResult {
  readonly clip: string;
  readonly made: string;
  readonly found: boolean;
  readonly afterS: number | null;
  /** Raised although nothing was wrong yet, and raised besides the right one. */
  readonly early: readonly CameraFault[];
  readonly besides: readonly CameraFault[];
}

/** All figures of a run. */
export interface HealthScore {
  readonly results: readonly FaultResult[];
  readonly found: number;
  readonly made: number;
  readonly detectionRate: number;
  readonly meanFindS: number;
  readonly cleanS: number;
  readonly falseAlarms: readonly {
    readonly clip: string;
    readonly fault: CameraFault;
    readonly atS: number;
  }[];
  readonly falseAlarmsPerHour: number;
}

/** What to run: all clips and faults, or those whose name contains a text. */
export interface HealthRun {
  readonly videoDir: string;
  readonly clip?: string;
  readonly fault?: string;
  readonly onResult?: (line: string) => void;
}

/** Runs the benchmark. Needs ffmpeg with libx264. */
export async function runCameraHealth(run: HealthRun): Promise<HealthScore> {
  const work = await mkdtemp(join(tmpdir(), 'streetwatch-health-'));
  try {
    const results: FaultResult[] = [];
    const falseAlarms: HealthScore['falseAlarms'][number][] = [];
    let cleanS = 0;
    for (const clip of HEALTH_CLIPS.filter((c) => run.clip === undefined || c.name.includes(run.clip))) {
      const path = join(run.videoDir, clip.file);
      const clean = await watch(path, undefined);
      cleanS += clean.lastS;
      for (const s of clean.signals.filter((one) => one.phase === 'raised')) {
        falseAlarms.push({ clip: clip.name, fault: s.fault, atS: (s.atMs - START_MS) / 1000 });
        run.onResult?.(`false alarm: ${clip.name}: ${s.fault} at ${(s.atMs - START_MS) / 1000} s`);
      }
      const prepared = join(work, 'clip.mkv');
      await prepareClip(path, prepared, { forS: LEAD_S + FIND_WITHIN_S + 4, loop: true });
      for (const made of MADE_FAULTS.filter((m) => run.fault === undefined || m.name.includes(run.fault))) {
        if (made.needsFixedView && !clip.fixedView) continue;
        const result = await tryFault(clip, made, prepared);
        results.push(result);
        run.onResult?.(lineOf(result));
      }
    }
    return {
      ...figuresOf(results),
      cleanS,
      falseAlarms,
      falseAlarmsPerHour: (falseAlarms.length * 3600) / Math.max(1, cleanS),
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function figuresOf(
  results: readonly FaultResult[],
): Pick<HealthScore, 'results' | 'found' | 'made' | 'detectionRate' | 'meanFindS'> {
  const found = results.filter((r) => r.found);
  const meanFindS = found.reduce((sum, r) => sum + (r.afterS ?? 0), 0) / Math.max(1, found.length);
  return {
    results,
    found: found.length,
    made: results.length,
    detectionRate: found.length / Math.max(1, results.length),
    meanFindS,
  };
}

function lineOf(result: FaultResult): string {
  const { clip, made, found, afterS, early, besides } = result;
  const more = [
    ...(early.length > 0 ? [`early: ${early.join(', ')}`] : []),
    ...(besides.length > 0 ? [`besides: ${besides.join(', ')}`] : []),
  ];
  const when = afterS === null ? 'not found' : `${found ? 'found' : 'late'} after ${afterS.toFixed(1)} s`;
  return `${clip.padEnd(20)} ${made.padEnd(22)} ${when.padEnd(20)} ${more.join('; ')}`.trimEnd();
}

async function tryFault(clip: HealthClip, made: MadeFault, path: string): Promise<FaultResult> {
  const fromMs = START_MS + LEAD_S * 1000;
  const { signals } = await watch(path, made.filter(LEAD_S));
  const raised = signals.filter((s) => s.phase === 'raised');
  const right = raised.find((s) => s.atMs >= fromMs && made.faults.includes(s.fault));
  const afterS = right === undefined ? null : (right.atMs - fromMs) / 1000;
  return {
    clip: clip.name,
    made: made.name,
    found: afterS !== null && afterS <= FIND_WITHIN_S,
    afterS,
    early: raised.filter((s) => s.atMs < fromMs).map((s) => s.fault),
    besides: raised.filter((s) => s.atMs >= fromMs && !made.faults.includes(s.fault)).map((s) => s.fault),
  };
}

/** Shows the footage to a new monitor; after its end time goes on until the fault should have been found. */
async function watch(
  path: string,
  filter: string | undefined,
): Promise<{ signals: HealthSignal[]; lastS: number }> {
  const monitor = new HealthMonitor({ cameraId: 'clip' });
  const signals: HealthSignal[] = [];
  let lastMs = START_MS;
  for await (const frame of play(path, filter, START_MS)) {
    signals.push(...monitor.observe(frame), ...monitor.tick(frame.ref.capturedAtMs));
    lastMs = frame.ref.capturedAtMs;
  }
  const endMs = filter === undefined ? lastMs : START_MS + (LEAD_S + FIND_WITHIN_S + 2) * 1000;
  for (let nowMs = lastMs; nowMs <= endMs; nowMs += 1000) signals.push(...monitor.tick(nowMs));
  return { signals, lastS: (lastMs - START_MS) / 1000 };
}
