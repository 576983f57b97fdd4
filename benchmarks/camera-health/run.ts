/** Scores the health monitor: made faults on real footage, and the same footage as it is. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CameraFault, HealthSignal } from '../../core/index.ts';
import { HealthMonitor } from '../../health/index.ts';
import { HARMLESS_CHANGES, MADE_FAULTS, WRITING, type MadeFault } from './faults.ts';
import { committedClip } from '../street/index.ts';
import { play, prepareClip } from './footage.ts';

/** A clip, and whether its camera stands still. */
export interface HealthClip {
  readonly name: string;
  /** In the folder with the footage, or a whole path. */
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

/** Rendered streets, which no threshold was chosen by. */
export function streetHealthClips(): HealthClip[] {
  return ['parking', 'littering', 'fire'].map((name) => {
    return { name: `street ${name}`, file: committedClip(name).path, fixedView: true };
  });
}

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
  /** Which footage. Default {@link HEALTH_CLIPS}. */
  readonly clips?: readonly HealthClip[];
  /** Whether the camera writes date, clock and name over everything. Default: the footage as it is. */
  readonly writing?: boolean;
  readonly onResult?: (line: string) => void;
}

/** Runs the benchmark. Needs ffmpeg with libx264. */
export async function runCameraHealth(run: HealthRun): Promise<HealthScore> {
  const work = await mkdtemp(join(tmpdir(), 'streetwatch-health-'));
  try {
    const results: FaultResult[] = [];
    const clean = new CleanFootage(run);
    const clips = run.clips ?? HEALTH_CLIPS;
    for (const clip of clips.filter((c) => run.clip === undefined || c.name.includes(run.clip))) {
      const path = resolve(run.videoDir, clip.file);
      if (!run.writing) await clean.take(clip.name, watch(path, undefined));
      const prepared = join(work, 'clip.mkv');
      await prepareClip(path, prepared, { forS: LEAD_S + FIND_WITHIN_S + 4, loop: true });
      if (run.writing) await clean.take(clip.name, watch(prepared, WRITING));
      for (const made of MADE_FAULTS.filter((one) => isAsked(run, one))) {
        if (made.needsFixedView && !clip.fixedView) continue;
        const result = await tryFault(clip, { ...made, filter: filterOf(run, made) }, prepared);
        results.push(result);
        run.onResult?.(lineOf(result));
      }
      for (const change of HARMLESS_CHANGES.filter((one) => isAsked(run, one))) {
        await clean.take(`${clip.name}, ${change.name}`, watch(prepared, filterOf(run, change)(LEAD_S)));
      }
    }
    const { falseAlarms, lengthS } = clean;
    const falseAlarmsPerHour = (falseAlarms.length * 3600) / Math.max(1, lengthS);
    return { ...figuresOf(results), cleanS: lengthS, falseAlarms, falseAlarmsPerHour };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function filterOf(run: HealthRun, { filter }: Pick<MadeFault, 'filter'>): MadeFault['filter'] {
  return run.writing ? (fromS) => `${filter(fromS)},${WRITING}` : filter;
}

function isAsked(run: HealthRun, { name }: { readonly name: string }): boolean {
  return run.fault === undefined || name.includes(run.fault);
}

/** Footage in which nothing is wrong: every alarm on it is false. */
class CleanFootage {
  readonly falseAlarms: HealthScore['falseAlarms'][number][] = [];
  lengthS = 0;
  private readonly onResult;

  constructor({ onResult }: HealthRun) {
    this.onResult = onResult;
  }

  async take(name: string, watched: ReturnType<typeof watch>): Promise<void> {
    const { signals, lastS } = await watched;
    this.lengthS += lastS;
    for (const { phase, fault, atMs } of signals) {
      if (phase !== 'raised') continue;
      const atS = (atMs - START_MS) / 1000;
      this.falseAlarms.push({ clip: name, fault, atS });
      this.onResult?.(`false alarm: ${name}: ${fault} at ${atS} s`);
    }
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
