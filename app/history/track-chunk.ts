/** Tracked frames as bytes: integers with differences, deflated. A minute of a quiet street is a few kilobytes. */

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { CameraFault, FrameRef, Track, TrackState } from '../../core/index.ts';
import { StreetwatchError } from '../../core/index.ts';
import type { ReplayFrame } from '../../rules/index.ts';

/** Boxes are kept to a sixteenth of a pixel, scores to a thousandth, times to a microsecond. */
const BOX_STEPS = 16;
const SCORE_STEPS = 1000;
const TIME_STEPS = 1000;
const STATES: readonly TrackState[] = ['tentative', 'confirmed', 'lost'];

interface Chunk {
  readonly version: 1;
  readonly cameraId: string;
  readonly runId: string;
  readonly width: number;
  readonly height: number;
  /** Each once; frames name them by their place. `ids` are numbers where the id is `<runId>:<number>`. */
  readonly ids: readonly (number | string)[];
  readonly firstSeenUs: readonly number[];
  readonly labels: readonly string[];
  readonly faults: readonly (readonly CameraFault[])[];
  readonly frames: readonly number[];
}

/** Frames of one run and one size of picture, in their order. */
export function encodeChunk(frames: readonly ReplayFrame[]): Buffer {
  const first = frames[0];
  if (!first) throw new RangeError('a chunk has at least one frame');
  const { cameraId, runId, width, height } = first.tracked.frame;
  const writer = new ChunkWriter(runId);
  for (const frame of frames) writer.add(frame);
  const chunk: Chunk = { version: 1, cameraId, runId, width, height, ...writer.tables() };
  return deflateRawSync(JSON.stringify(chunk), { level: 6 });
}

/** @throws StreetwatchError `store.failed` when the bytes are not of a chunk. */
export function decodeChunk(bytes: Uint8Array): ReplayFrame[] {
  let chunk: Chunk;
  try {
    chunk = JSON.parse(inflateRawSync(bytes).toString('utf8')) as Chunk;
  } catch (error) {
    throw new StreetwatchError('store.failed', 'kept tracks cannot be read', { cause: error });
  }
  if (chunk.version !== 1) throw new StreetwatchError('store.failed', 'kept tracks are of a newer program');
  return [...new ChunkReader(chunk).frames()];
}

/** Numbers each thing as it first comes. */
class Table<T> {
  readonly items: T[] = [];
  private readonly places = new Map<string, number>();

  placeOf(key: string, item: () => T): number {
    const known = this.places.get(key);
    if (known !== undefined) return known;
    this.places.set(key, this.items.length);
    return this.items.push(item()) - 1;
  }
}

type Values = [number, number, number, number];

class ChunkWriter {
  private readonly runId: string;
  private readonly ids = new Table<number | string>();
  private readonly firstSeenUs: number[] = [];
  private readonly labels = new Table<string>();
  private readonly faults = new Table<readonly CameraFault[]>();
  private readonly lastPlaces = new Map<string, number>();
  private readonly numbers: number[] = [];
  private readonly boxes: Values[] = [];
  private before = { seq: 0, ptsUs: 0, capturedUs: 0 };

  constructor(runId: string) {
    this.runId = runId;
  }

  add({ tracked: { frame, tracks, removed }, faults }: ReplayFrame): void {
    const now = { seq: frame.seq, ptsUs: us(frame.ptsMs), capturedUs: us(frame.capturedAtMs) };
    const { before } = this;
    this.numbers.push(now.seq - before.seq, now.ptsUs - before.ptsUs, now.capturedUs - before.capturedUs);
    this.before = now;
    this.numbers.push(this.faults.placeOf(faults.join(' '), () => [...faults]));
    this.numbers.push(tracks.length);
    for (const track of tracks) this.addTrack(track, now.capturedUs);
    this.numbers.push(removed.length);
    for (const id of removed) this.numbers.push(this.lastPlaces.get(id) ?? this.placeOf(id, 0));
  }

  tables(): Pick<Chunk, 'ids' | 'firstSeenUs' | 'labels' | 'faults' | 'frames'> {
    const { firstSeenUs, numbers: frames } = this;
    return {
      ids: this.ids.items,
      firstSeenUs,
      labels: this.labels.items,
      faults: this.faults.items,
      frames,
    };
  }

  private addTrack(track: Track, capturedUs: number): void {
    const place = this.placeOf(track.trackId, us(track.firstSeenMs));
    const label = this.labels.placeOf(track.label, () => track.label);
    const { x1, y1, x2, y2 } = track.box;
    const box = [x1, y1, x2, y2].map((value) => Math.round(value * BOX_STEPS)) as Values;
    const old = this.boxes[place] ?? [0, 0, 0, 0];
    this.boxes[place] = box;
    this.lastPlaces.set(track.trackId, place);
    const sight = Number(track.observed) * 2 + Number(track.faint === true);
    const kind = (label * STATES.length + STATES.indexOf(track.state)) * 4 + sight;
    this.numbers.push(place, kind, ...box.map((value, i) => value - old[i]!));
    this.numbers.push(Math.round(track.score * SCORE_STEPS), capturedUs - us(track.lastSeenMs));
  }

  /** A place for each id and first sight: the two always come together, but for ids that only end here. */
  private placeOf(trackId: string, firstSeenUs: number): number {
    const prefix = `${this.runId}:`;
    const tail = trackId.startsWith(prefix) ? trackId.slice(prefix.length) : '';
    const id = /^(0|[1-9]\d{0,14})$/.test(tail) ? Number(tail) : trackId;
    const place = this.ids.placeOf(`${trackId} ${firstSeenUs}`, () => id);
    this.firstSeenUs[place] = firstSeenUs;
    return place;
  }
}

class ChunkReader {
  private readonly chunk: Chunk;
  private at = 0;
  private readonly boxes: Values[] = [];
  private readonly ids: readonly string[];

  constructor(chunk: Chunk) {
    this.chunk = chunk;
    this.ids = chunk.ids.map((id) => (typeof id === 'number' ? `${chunk.runId}:${id}` : id));
  }

  *frames(): Generator<ReplayFrame> {
    const { cameraId, runId, width, height, frames, faults } = this.chunk;
    const now = { seq: 0, ptsUs: 0, capturedUs: 0 };
    while (this.at < frames.length) {
      now.seq += this.next();
      now.ptsUs += this.next();
      now.capturedUs += this.next();
      const fault = faults[this.next()] ?? [];
      const times = { ptsMs: now.ptsUs / TIME_STEPS, capturedAtMs: now.capturedUs / TIME_STEPS };
      const frame: FrameRef = { cameraId, runId, seq: now.seq, ...times, width, height };
      const tracks = Array.from({ length: this.next() }, () => this.track(now.capturedUs));
      const removed = Array.from({ length: this.next() }, () => this.ids[this.next()]!);
      yield { tracked: { frame, tracks, removed }, faults: fault };
    }
  }

  private track(capturedUs: number): Track {
    const place = this.next();
    const kind = this.next();
    const old = this.boxes[place] ?? [0, 0, 0, 0];
    const box = old.map((value) => value + this.next()) as Values;
    this.boxes[place] = box;
    const [x1, y1, x2, y2] = box.map((value) => value / BOX_STEPS) as Values;
    const score = this.next() / SCORE_STEPS;
    const which = kind >> 2;
    return {
      trackId: this.ids[place]!,
      state: STATES[which % STATES.length]!,
      box: { x1, y1, x2, y2 },
      label: this.chunk.labels[Math.floor(which / STATES.length)]!,
      score,
      observed: (kind & 2) !== 0,
      ...((kind & 1) === 0 ? {} : { faint: true as const }),
      firstSeenMs: this.chunk.firstSeenUs[place]! / TIME_STEPS,
      lastSeenMs: (capturedUs - this.next()) / TIME_STEPS,
    };
  }

  private next(): number {
    return this.chunk.frames[this.at++]!;
  }
}

function us(ms: number): number {
  return Math.round(ms * TIME_STEPS);
}
