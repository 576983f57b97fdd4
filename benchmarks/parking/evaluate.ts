/** Runs tracker and parking rule over clips and scores the alarms: `streetwatch evaluate parking`. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { StreetwatchError, boxArea, messageOf } from '../../core/index.ts';
import type { FrameRef, Track } from '../../core/index.ts';
import { createRules } from '../../rules/index.ts';
import { Tracker } from '../../tracking/index.ts';
import { CLIP_FPS, classNumber, readClips } from './clips.ts';
import type { Clip } from './clips.ts';
import { degrade } from './degrade.ts';
import type { Degradation } from './degrade.ts';
import { scoreClip } from './score.ts';
import type { AlarmRow, ClipScore } from './score.ts';

/** What to evaluate. */
export interface ParkingEvaluationOptions {
  /** Folder with clips: any folder below that holds `det.txt`, with `gt.txt` where something stops. */
  readonly clipsDir: string;
  /** Where `<clip>/alarms.txt` is written (`frame,track_id,x,y,w,h,score,class`, numbers as in the input). */
  readonly outDir?: string;
  /** Dwell of the rule, seconds: the only parameter that is not the product's default. Default 3. */
  readonly dwellS?: number;
  /** Other parameters of the rule, for experiments. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Makes the clips worse before they are played. */
  readonly degradation?: Degradation;
}

/** Figures over a set of clips. */
export interface ParkingFigures {
  readonly clips: number;
  readonly events: number;
  readonly tp: number;
  readonly fn: number;
  readonly fp: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly meanLatencyS: number;
  readonly falseAlarmsPerHour: number;
  /** False alarms in clips in which nothing stops. */
  readonly fpInNegatives: number;
  readonly hours: number;
}

/** Figures over all clips and per camera, with what went wrong. */
export interface ParkingEvaluation extends ParkingFigures {
  readonly cameras: Readonly<Record<string, ParkingFigures>>;
  readonly clipScores: readonly { readonly clip: Clip; readonly score: ClipScore }[];
}

/**
 * Evaluates the parking rule over a folder of clips.
 * @throws StreetwatchError `clip.invalid`.
 */
export function evaluateParking(options: ParkingEvaluationOptions): ParkingEvaluation {
  const { degradation, outDir } = options;
  // Before the clips are read and played, which takes minutes.
  if (outDir !== undefined) writing(outDir, () => mkdirSync(outDir, { recursive: true }));
  const whole = readClips(options.clipsDir);
  const clips = degradation === undefined ? whole : whole.map((clip) => degrade(clip, degradation));
  const names = outputNames(clips);
  const clipScores = clips.map((clip, i) => {
    const alarms = alarmsOf(clip, { dwellS: options.dwellS ?? 3, ...options.params });
    if (outDir !== undefined) writeAlarms(join(outDir, names[i]!), alarms);
    return { clip, score: scoreClip(clip.events, alarms) };
  });
  const cameras: Record<string, ParkingFigures> = {};
  for (const camera of [...new Set(clipScores.map(({ clip }) => clip.camera))].sort()) {
    cameras[camera] = figuresOf(clipScores.filter(({ clip }) => clip.camera === camera));
  }
  return { ...figuresOf(clipScores), cameras, clipScores };
}

/** The clip's own folder name, or its path below the clips folder where two clips have the same name. */
function outputNames(clips: readonly Clip[]): string[] {
  const own = clips.map((clip) => basename(clip.name));
  return clips.map((clip, i) => (own.indexOf(own[i]!) === own.lastIndexOf(own[i]!) ? own[i]! : clip.name));
}

const WHOLE_PICTURE = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];

/** Numbers of alarms whose track had one before begin here: above any number of a track in a clip. */
const SECOND_ALARMS = 100_000;

/** Alarmed tracks of each frame, from the product's own tracker and rule. */
export function alarmsOf(clip: Clip, params: Readonly<Record<string, unknown>>): AlarmRow[] {
  const cameraId = clip.camera;
  const tracker = new Tracker({ cameraId });
  const zone = { zoneId: 'all', version: 1, name: 'whole picture', polygon: WHOLE_PICTURE };
  const rules = createRules([
    { ruleId: 'parking', ruleVersion: 1, kind: 'illegal_parking', cameraId, zone, params },
  ]);
  const alarms: AlarmRow[] = [];
  const ids = new AlarmIds();
  for (const [i, detections] of clip.detections.entries()) {
    if (clip.isKept?.(i + 1) === false) continue;
    const atMs = (i * 1000) / CLIP_FPS;
    const frame: FrameRef = {
      cameraId,
      runId: clip.name,
      seq: i,
      ptsMs: atMs,
      capturedAtMs: atMs,
      width: clip.width,
      height: clip.height,
    };
    const tracked = tracker.update(frame, detections);
    rules.evaluate(tracked, { faults: [] });
    const tracks = new Map(tracked.tracks.map((track) => [track.trackId, track]));
    for (const { place } of rules.live(cameraId)) {
      const track =
        place.phase === 'raised' && place.trackId !== null ? tracks.get(place.trackId) : undefined;
      if (track === undefined || boxArea(track.box) <= 0) continue;
      alarms.push(alarmRow(i + 1, track, ids.idOf(place.episodeId, track.trackId)));
    }
  }
  return alarms;
}

function alarmRow(frame: number, track: Track, trackId: string): AlarmRow {
  const { box, score, label } = track;
  return { frame, trackId, box, score, label };
}

/**
 * The number under which an alarm is written: that of the track with which it began. The rule takes later tracks at
 * the place for the same vehicle (ID switches), so one alarm keeps one number. A second alarm of a track gets a new one.
 */
class AlarmIds {
  private readonly ids = new Map<string, string>();
  private readonly used = new Set<string>();

  idOf(episodeId: string, trackId: string): string {
    let id = this.ids.get(episodeId);
    if (id === undefined) {
      id = trackId.slice(trackId.lastIndexOf(':') + 1);
      if (this.used.has(id)) id = String(SECOND_ALARMS + this.used.size);
      this.used.add(id);
      this.ids.set(episodeId, id);
    }
    return id;
  }
}

function figuresOf(clipScores: readonly { clip: Clip; score: ClipScore }[]): ParkingFigures {
  const sum = (value: (one: { clip: Clip; score: ClipScore }) => number): number =>
    clipScores.reduce((total, one) => total + value(one), 0);
  const tp = sum(({ score }) => score.found);
  const fn = sum(({ score }) => score.missed);
  const fp = sum(({ score }) => score.falseTracks);
  const hours = sum(({ clip }) => clip.detections.length) / CLIP_FPS / 3600;
  const precision = tp + fp === 0 ? 1 : tp / (tp + fp);
  const recall = tp + fn === 0 ? 1 : tp / (tp + fn);
  return {
    clips: clipScores.length,
    events: tp + fn,
    tp,
    fn,
    fp,
    precision,
    recall,
    f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    meanLatencyS: tp === 0 ? 0 : sum(({ score }) => score.latenciesS.reduce((a, b) => a + b, 0)) / tp,
    falseAlarmsPerHour: hours === 0 ? 0 : fp / hours,
    fpInNegatives: sum(({ clip, score }) => (clip.events.length === 0 ? score.falseTracks : 0)),
    hours,
  };
}

function writeAlarms(dir: string, alarms: readonly AlarmRow[]): void {
  const lines = alarms.map(({ frame, trackId, box, score, label }) =>
    [
      frame,
      trackId,
      ...[box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1].map(short),
      short(score),
      classNumber(label),
    ].join(','),
  );
  writing(dir, () => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'alarms.txt'), lines.map((line) => `${line}\n`).join(''));
  });
}

function writing(dir: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new StreetwatchError('clip.invalid', `alarms cannot be written to ${dir}: ${messageOf(error)}`, {
      cause: error,
      context: { path: dir },
    });
  }
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
