/** Proposes objects left behind that the network has no class for: two backgrounds of the view, one slow, one fast. */

import { StreetwatchError } from '../core/index.ts';
import type { Box, Detection, Frame } from '../core/index.ts';
import { STATIC_FOREGROUND_DEFAULTS } from './static-foreground-options.ts';
import type { StaticForegroundOptions } from './static-foreground-options.ts';
import { CELLS, COLUMNS, ROWS, readLuma } from './luma-grid.ts';
import { edgeStrength, regionsOf } from './luma-regions.ts';
import type { Region } from './luma-regions.ts';

/** Longest time that one frame may speak for: after a gap the scene is looked at anew, not integrated over. */
const MAX_STEP_MS = 4000;
/** Backgrounds settle this fast while the view is being learnt, milliseconds. */
const LEARN_TAU_MS = 2000;
/** The view has changed as a whole (lights on, camera turned) when more than this share of the free cells differs. */
const CHANGED_SHARE = 0.35;
/** Evidence decays this much faster than it grows. */
const DECAY = 3;
/** Usual deviation of a cell that is assumed at first, and the least that is believed, luma levels. */
const FIRST_DEVIATION = 3;
const LEAST_DEVIATION = 1.5;

/** Saved state: a JSON value of about 100 KB. */
export interface StaticForegroundState {
  readonly version: 1;
  readonly lastMs: number | null;
  readonly learntMs: number;
  /** Float32 little-endian in base64: slow and fast background, usual deviation, evidence. */
  readonly maps: readonly [string, string, string, string];
}

/**
 * A bounded state machine over small luma pictures of 80 × 45 cells; pure of clock and I/O. For each cell a slow and a
 * fast background are kept (Porikli, Ivanov, Haga 2008, "Robust abandoned object detection using dual foregrounds",
 * EURASIP JASP, section 3; Porikli 2007, PETS). A cell that differs from the slow one but not from the fast one shows
 * something new that stands still. Steps per frame:
 * 1. cells under known objects (people, vehicles, known garbage) are left out: neither judged nor learnt, so a parked
 *    car does not become background and leaves no ghost (the "complementary" update of Evangelio, Sikora 2011,
 *    EURASIP JIVP, "Complementary background models for the detection of static and moving objects");
 * 2. a change of most cells at once is a change of the light or of the view, and is learnt at once;
 * 3. evidence grows in cells that are new and still, and decays three times as fast elsewhere;
 * 4. the slow background follows only where nothing new is suspected, and takes in what has been there for `absorbMs`;
 * 5. cells with `holdMs` of evidence that touch form regions. A region whose border was sharper in the background than it is now is
 *    a thing that was taken away, not put down (after Tian et al. 2011, "Robust detection of abandoned and removed
 *    objects in complex surveillance videos", section IV): it is learnt at once. Any other is proposed.
 */
export class StaticForeground {
  private readonly options: StaticForegroundOptions;
  private readonly slow = new Float32Array(CELLS);
  private readonly fast = new Float32Array(CELLS);
  private readonly deviation = new Float32Array(CELLS).fill(FIRST_DEVIATION);
  private readonly evidence = new Float32Array(CELLS);
  private lastMs: number | null = null;
  private learntMs = 0;

  constructor(options: Partial<StaticForegroundOptions> = {}) {
    this.options = { ...STATIC_FOREGROUND_DEFAULTS, ...options };
  }

  /**
   * Looks at one frame and proposes what lies there.
   * @param known boxes of objects that are known by class, pixels of the frame; also predicted ones.
   * @returns detections labelled `object`, pixels, best first; none in frames too small to judge (80 × 45).
   */
  observe(frame: Pick<Frame, 'pixels' | 'canvasWidth' | 'ref'>, known: readonly Box[]): Detection[] {
    const luma = readLuma(frame);
    if (luma === undefined || !Number.isFinite(frame.ref.capturedAtMs)) return [];
    const stepMs = this.step(frame.ref.capturedAtMs, luma);
    const masked = maskOf(known, frame.ref);
    if (this.learntMs < this.options.learnMs) {
      this.learntMs += stepMs;
      for (let i = 0; i < CELLS; i++) if (masked[i] === 0) this.learn(i, luma[i]!, stepMs, LEARN_TAU_MS);
      return [];
    }
    if (this.hasChangedAsAWhole(luma, masked)) {
      this.adoptAll(luma);
      return [];
    }
    for (let i = 0; i < CELLS; i++) this.judge(i, luma[i]!, masked[i]! !== 0, stepMs);
    return this.propose(luma, frame.ref);
  }

  private step(nowMs: number, luma: Float32Array): number {
    if (this.lastMs === null) {
      this.slow.set(luma);
      this.fast.set(luma);
    }
    const stepMs = Math.min(MAX_STEP_MS, Math.max(0, nowMs - (this.lastMs ?? nowMs)));
    this.lastMs = nowMs;
    return stepMs;
  }

  private limit(i: number): number {
    return Math.max(this.options.minDifference, this.options.deviations * this.deviation[i]!);
  }

  private learn(i: number, value: number, stepMs: number, tauMs: number): void {
    const share = Math.min(1, stepMs / tauMs);
    const away = Math.abs(value - this.slow[i]!);
    this.slow[i]! += (value - this.slow[i]!) * share;
    this.fast[i]! += (value - this.fast[i]!) * Math.min(1, stepMs / this.options.fastMs);
    const deviation =
      this.deviation[i]! + (Math.min(away, 20) - this.deviation[i]!) * Math.min(1, stepMs / 10_000);
    this.deviation[i] = Math.max(LEAST_DEVIATION, deviation);
  }

  private hasChangedAsAWhole(luma: Float32Array, masked: Uint8Array): boolean {
    let free = 0;
    let changed = 0;
    for (let i = 0; i < CELLS; i++) {
      if (masked[i] !== 0) continue;
      free++;
      if (Math.abs(luma[i]! - this.slow[i]!) > this.limit(i)) changed++;
    }
    return changed > CHANGED_SHARE * free;
  }

  private adoptAll(luma: Float32Array): void {
    this.slow.set(luma);
    this.fast.set(luma);
    this.evidence.fill(0);
  }

  private judge(i: number, value: number, masked: boolean, stepMs: number): void {
    if (masked) return;
    const limit = this.limit(i);
    const still = Math.abs(value - this.fast[i]!) <= limit;
    this.fast[i]! += (value - this.fast[i]!) * Math.min(1, stepMs / this.options.fastMs);
    if (Math.abs(value - this.slow[i]!) <= limit) {
      this.learn(i, value, stepMs, this.options.slowMs);
      this.evidence[i] = Math.max(0, this.evidence[i]! - DECAY * stepMs);
      return;
    }
    const gained = still ? stepMs : -DECAY * stepMs;
    this.evidence[i] = Math.max(0, this.evidence[i]! + gained);
    if (this.evidence[i] >= this.options.absorbMs) this.adopt([i], value);
  }

  private adopt(cells: readonly number[], value: number | Float32Array): void {
    for (const i of cells) {
      this.slow[i] = typeof value === 'number' ? value : value[i]!;
      this.fast[i] = this.slow[i]!;
      this.evidence[i] = 0;
    }
  }

  private propose(luma: Float32Array, { width, height }: { width: number; height: number }): Detection[] {
    const { holdMs, minCells, maxAreaShare, maxProposals } = this.options;
    const proposals: Detection[] = [];
    for (const region of regionsOf((i) => this.evidence[i]! >= holdMs)) {
      if (region.cells.length < minCells || region.cells.length > maxAreaShare * CELLS) continue;
      if (edgeStrength(luma, region) < edgeStrength(this.slow, region)) {
        this.adopt(region.cells, luma);
        continue;
      }
      proposals.push({
        box: boxOf(region, width, height),
        score: this.scoreOf(luma, region),
        label: 'object',
      });
    }
    return proposals.sort((a, b) => b.score - a.score).slice(0, maxProposals);
  }

  /** From 0.5 at the limit of what differs to 1 at four times that. */
  private scoreOf(luma: Float32Array, region: Region): number {
    let sum = 0;
    for (const i of region.cells) sum += Math.abs(luma[i]! - this.slow[i]!) / this.limit(i);
    return Math.max(0.5, Math.min(1, 0.5 + (sum / region.cells.length - 1) / 6));
  }

  save(): StaticForegroundState {
    const { lastMs, learntMs } = this;
    const maps = [this.slow, this.fast, this.deviation, this.evidence].map(toBase64);
    return { version: 1, lastMs, learntMs, maps: maps as unknown as StaticForegroundState['maps'] };
  }

  /** @throws StreetwatchError `state.invalid`. */
  restore(state: unknown): void {
    const saved = state as Partial<StaticForegroundState> | null;
    const maps = Array.isArray(saved?.maps) ? saved.maps.map(fromBase64) : [];
    const known = saved?.lastMs === null || Number.isFinite(saved?.lastMs);
    const sound =
      maps.length === 4 && maps.every((map) => map?.length === CELLS && map.every(Number.isFinite));
    if (saved?.version !== 1 || !known || !Number.isFinite(saved.learntMs) || !sound) {
      throw new StreetwatchError('state.invalid', 'saved state of the static foreground is damaged');
    }
    for (const [n, target] of [this.slow, this.fast, this.deviation, this.evidence].entries()) {
      target.set(maps[n]!);
    }
    this.lastMs = saved.lastMs!;
    this.learntMs = saved.learntMs!;
  }
}

/** Which cells lie under known objects, with a margin of one cell for shadows and loose boxes. */
function maskOf(known: readonly Box[], { width, height }: { width: number; height: number }): Uint8Array {
  const masked = new Uint8Array(CELLS);
  for (const box of known) {
    if (![box.x1, box.y1, box.x2, box.y2].every(Number.isFinite)) continue;
    const fromC = Math.max(0, Math.floor((box.x1 / width) * COLUMNS) - 1);
    const toC = Math.min(COLUMNS - 1, Math.ceil((box.x2 / width) * COLUMNS));
    const fromR = Math.max(0, Math.floor((box.y1 / height) * ROWS) - 1);
    const toR = Math.min(ROWS - 1, Math.ceil((box.y2 / height) * ROWS));
    for (let r = fromR; r <= toR; r++) masked.fill(1, r * COLUMNS + fromC, r * COLUMNS + toC + 1);
  }
  return masked;
}

function boxOf(region: Region, width: number, height: number): Box {
  return {
    x1: (region.c1 / COLUMNS) * width,
    y1: (region.r1 / ROWS) * height,
    x2: ((region.c2 + 1) / COLUMNS) * width,
    y2: ((region.r2 + 1) / ROWS) * height,
  };
}

function toBase64(map: Float32Array): string {
  return Buffer.from(map.buffer, map.byteOffset, map.byteLength).toString('base64');
}

function fromBase64(text: unknown): Float32Array | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.byteLength !== CELLS * 4) return undefined;
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
