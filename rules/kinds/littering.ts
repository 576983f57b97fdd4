/** Rule kind `littering`: garbage and overflowing bins that lie in a zone, and the act of putting garbage there. */

import {
  boxArea,
  intersectionArea,
  type FrameRef,
  type RuleSignal,
  type SignalPhase,
  type TrackedFrame,
} from '../../core/index.ts';
import { episodeIdOf, signalBase } from '../episode.ts';
import { coveredShare, PlaceMemory } from '../place-memory.ts';
import { RuleClock } from '../rule-clock.ts';
import { checkedState } from '../rule-config.ts';
import type { EndReason, Rule, RuleContext, RuleKind, RuleSetup } from '../rule.ts';
import { BLINDING_FAULTS, isSuspended } from '../suspension.ts';
import {
  authorOf,
  HIDDEN_SHARE,
  isAttended,
  likeliest,
  rememberActors,
  STAND_EVERY_MS,
  wasNear,
  wasUncovered,
  type Appearance,
} from './littering-actors.ts';
import { clusters, follow, heapOf, MAX_HEAPS, readScene, type Scene, type Sight } from './littering-heaps.ts';
import { lainBefore, rememberGone, watchLain } from './littering-lain.ts';
import { litteringParams, litteringSettings, type LitteringSettings } from './littering-params.ts';
import {
  litteringState,
  type Actor,
  type Heap,
  type HeapEpisode,
  type LainPlace,
  type LitteringState,
} from './littering-state.ts';
import { confidenceOf, measurementsOf, momentsOf } from './littering-report.ts';

/**
 * Until a view has been unbroken for this long and for this many pictures, what is first seen may have been there before:
 * what is found in the `actMinShare` of the pictures that an act asks for is missed in so many once in forty views.
 */
const VIEW_MS = 3000;
const VIEW_PICTURES = 4;
/** A longer gap between frames breaks the view, and no single gap counts for more than this, milliseconds. */
const MAX_GAP_MS = 10_000;
/** Updates of one incident are at least this far apart. */
const UPDATE_EVERY_MS = 10_000;
/** What covers less than this of the place where it began to lie has moved. */
const MOVED_SHARE = 0.4;

class LitteringRule implements Rule {
  readonly ruleId: string;
  readonly zoneId: string;
  private readonly setup: RuleSetup<LitteringSettings>;
  private readonly clock = new RuleClock(MAX_GAP_MS);
  private readonly heaps = new PlaceMemory<Heap>(MAX_HEAPS, (heap) => heap.episode === null);
  private actors: Actor[] = [];
  private runId = '';
  private viewSinceT = 0;
  private viewPictures = 0;
  private lain: LainPlace[] = [];
  private wasSuspended = false;

  constructor(setup: RuleSetup<LitteringSettings>) {
    this.setup = setup;
    this.ruleId = setup.ruleId;
    this.zoneId = setup.zone.zoneId;
  }

  evaluate(frame: TrackedFrame, context: RuleContext): readonly RuleSignal[] {
    const suspended = isSuspended(context.faults);
    const stepMs = this.clock.advance(frame.frame.capturedAtMs, suspended);
    if (suspended) {
      this.wasSuspended = true;
      return [];
    }
    this.watchView(frame.frame);
    const { params, zone } = this.setup;
    const exempt = (context.exempt ?? []).filter(({ faint }) => faint !== true);
    const keepMs = params.actWindowMs;
    this.actors = rememberActors(this.actors, frame, { t: this.clock.nowMs, keepMs, exempt });
    const scene = readScene(frame, { zone: zone.polygon, params, exempt });
    const isHidden = (box: Heap['box']): boolean => this.isHidden(box, scene);
    this.lain = watchLain(this.lain, { scene, stepMs, heapGap: params.heapGap, isHidden });
    const seen = this.assign(scene, frame.frame);
    const signals: RuleSignal[] = [];
    for (const heap of this.heaps) {
      const sights = seen.get(heap.n);
      if (sights !== undefined) this.see(heap, sights, { frame: frame.frame, stepMs });
      else this.miss(heap, scene, { frame: frame.frame, stepMs });
      const signal = this.judge(heap, frame.frame, sights?.some((sight) => !sight.held) ?? false);
      if (signal !== undefined) signals.push(signal);
    }
    this.forget();
    return signals;
  }

  end(frame: FrameRef, reason: EndReason): readonly RuleSignal[] {
    const signals: RuleSignal[] = [];
    for (const heap of this.heaps) {
      if (heap.episode !== null)
        signals.push(this.signal('cleared', heap, heap.episode, { frame, more: { endReason: reason } }));
    }
    this.heaps.clear();
    this.lain = [];
    return signals;
  }

  save(): unknown {
    const state: LitteringState = {
      version: 1,
      clock: this.clock.save(),
      runId: this.runId,
      viewSinceT: this.viewSinceT,
      viewPictures: this.viewPictures,
      suspended: this.wasSuspended,
      memory: this.heaps.save(),
      actors: this.actors,
      lain: this.lain,
    };
    return structuredClone(state);
  }

  restore(state: unknown): void {
    const checked = structuredClone(checkedState(litteringState, state, this.ruleId));
    this.clock.restore(checked.clock);
    this.runId = checked.runId;
    this.viewSinceT = checked.viewSinceT;
    this.viewPictures = checked.viewPictures ?? VIEW_PICTURES + 1;
    this.wasSuspended = checked.suspended;
    this.heaps.restore(checked.memory);
    this.actors = checked.actors;
    this.lain = checked.lain ?? [];
  }

  /** A reconnect, a suspension or a long gap breaks the view: nobody saw what arrived meanwhile. */
  private watchView(frame: FrameRef): void {
    if (frame.runId !== this.runId || this.wasSuspended || this.clock.hasGap) {
      this.viewSinceT = this.clock.nowMs;
      this.viewPictures = 0;
      this.actors = [];
    }
    this.viewPictures++;
    this.runId = frame.runId;
    this.wasSuspended = false;
  }

  /** Gives each cluster of sights its heap; new heaps begin with sure and free sights only. */
  private assign(scene: Scene, frame: FrameRef): Map<number, Sight[]> {
    const { heapGap, minScore } = this.setup.params;
    const seen = new Map<number, Sight[]>();
    for (const cluster of clusters(scene.sights, heapGap)) {
      const known = cluster.map((sight) => heapOf(this.heaps, sight, heapGap));
      const surest = cluster.find((sight) => sight.score >= minScore && !sight.held);
      const main =
        oldest(known.filter((heap) => heap?.episode)) ??
        oldest(known) ??
        (surest === undefined ? undefined : this.begin(surest, scene, frame));
      if (main === undefined) continue;
      for (const [i, sight] of cluster.entries()) {
        const own = known[i];
        // Heaps that have grown together are one, unless two incidents are open already.
        const heap = own?.episode ? own : main;
        if (own !== undefined && own !== heap) this.heaps.delete(own);
        seen.set(heap.n, [...(seen.get(heap.n) ?? []), sight]);
      }
    }
    return seen;
  }

  private begin(sight: Sight, scene: Scene, frame: FrameRef): Heap | undefined {
    const { params } = this.setup;
    const t = this.clock.nowMs;
    const picture = { width: frame.width, height: frame.height };
    const at = { spot: sight.box, t, windowMs: params.actWindowMs, reach: params.actReach, picture };
    const arrival = this.arrivalOf(sight, at, scene);
    const attributable = params.acts && arrival === 'appeared' && sight.group === 'garbage';
    return this.heaps.add({
      group: sight.group,
      box: sight.box,
      anchor: sight.box,
      seenAt: t,
      firstT: t,
      lastFreeT: t,
      firstSeenMs: frame.capturedAtMs,
      lastSeenMs: frame.capturedAtMs,
      arrival,
      author: attributable ? authorOf(this.actors, at) : null,
      absentMs: 0,
      taken: false,
      remover: null,
      frames: 0,
      hits: 0,
      scoreSum: 0,
      trackIds: [],
      episode: null,
    });
  }

  /** How a thing came that is first seen: in sight, or may it have been there before? */
  private arrivalOf(sight: Sight, at: Appearance, scene: Scene): Heap['arrival'] {
    if (at.t - this.viewSinceT <= VIEW_MS || this.viewPictures <= VIEW_PICTURES) return 'present_at_start';
    if (wasUncovered(this.actors, at, scene.standing)) return 'uncovered';
    return lainBefore(this.lain, sight, this.setup.params.heapGap) ? 'found_again' : 'appeared';
  }

  private isHidden(box: Heap['box'], scene: Scene): boolean {
    return scene.covers.some((cover) => coveredShare(box, cover) >= HIDDEN_SHARE);
  }

  private see(heap: Heap, sights: readonly Sight[], at: { frame: FrameRef; stepMs: number }): void {
    const free = sights.filter((sight) => !sight.held);
    const sure = free.filter((sight) => sight.score >= this.setup.params.minScore);
    heap.seenAt = this.clock.nowMs;
    heap.lastSeenMs = at.frame.capturedAtMs;
    heap.absentMs = 0;
    heap.taken = false;
    heap.remover = null;
    heap.trackIds = sights.map((sight) => sight.trackId).slice(0, 8);
    if (free.length === 0) return;
    heap.frames++;
    heap.lastFreeT = this.clock.nowMs;
    follow(heap, free, at.stepMs);
    if (heap.episode === null && coveredShare(heap.anchor, heap.box) < MOVED_SHARE)
      this.lieAnew(heap, at.frame);
    if (sure.length === 0) return;
    heap.hits++;
    heap.scoreSum += Math.max(...sure.map((sight) => sight.score));
  }

  /** It rolls, blows or is carried along: it lies here from now on, left by whoever came the whole way with it, if anybody. */
  private lieAnew(heap: Heap, frame: FrameRef): void {
    const { acts, actWindowMs: windowMs, actReach: reach } = this.setup.params;
    const picture = { width: frame.width, height: frame.height };
    const at = { t: this.clock.nowMs, windowMs, reach, picture };
    const carriers = this.actors.filter((actor) => wasNear(actor, { ...at, spot: heap.anchor }));
    heap.author = acts && heap.group === 'garbage' ? authorOf(carriers, { ...at, spot: heap.box }) : null;
    if (heap.author !== null) heap.arrival = 'appeared';
    heap.anchor = heap.box;
    heap.firstT = this.clock.nowMs;
    heap.firstSeenMs = frame.capturedAtMs;
    heap.frames = 1;
    heap.hits = 0;
    heap.scoreSum = 0;
  }

  /** Not detected: hidden by somebody (nothing is known), or seen to be empty. */
  private miss(heap: Heap, scene: Scene, at: { frame: FrameRef; stepMs: number }): void {
    if (this.isHidden(heap.box, scene)) return;
    heap.frames++;
    if (heap.absentMs === 0) {
      const { actWindowMs, actReach: reach } = this.setup.params;
      const picture = { width: at.frame.width, height: at.frame.height };
      const t = this.clock.nowMs;
      // Whoever was there while it was still seen has not taken it.
      const windowMs = Math.min(actWindowMs, t - heap.seenAt + STAND_EVERY_MS);
      const taker = likeliest(this.actors, { spot: heap.box, t, windowMs, reach, picture });
      heap.taken = taker !== null;
      heap.remover =
        taker === null || taker.exempt ? null : { trackId: taker.author.trackId, label: taker.author.label };
    }
    heap.absentMs += at.stepMs;
  }

  private judge(heap: Heap, frame: FrameRef, seenFree: boolean): RuleSignal | undefined {
    const { params } = this.setup;
    const { episode, author } = heap;
    if (author !== null && this.attended(heap, frame)) {
      author.lastNearT = this.clock.nowMs;
      author.lastNearMs = frame.capturedAtMs;
    }
    if (episode !== null) {
      return heap.absentMs >= params.clearAfterMs
        ? this.clear(heap, episode, frame)
        : this.update(heap, episode, { frame, seenFree });
    }
    return seenFree ? this.confirm(heap, frame) : undefined;
  }

  private attended(heap: Heap, frame: FrameRef): boolean {
    if (heap.author === null) return false;
    const picture = { width: frame.width, height: frame.height };
    return isAttended(this.actors, heap.author, {
      spot: heap.box,
      t: this.clock.nowMs,
      reach: this.setup.params.actReach,
      picture,
    });
  }

  private confirm(heap: Heap, frame: FrameRef): RuleSignal | undefined {
    const { params } = this.setup;
    const share = heap.hits / Math.max(1, heap.frames);
    if (heap.hits < 2 || share < params.minShare || this.openIncidents() >= params.maxIncidents)
      return undefined;
    const lainMs = this.clock.nowMs - heap.firstT;
    const { author } = heap;
    const surelyNew = author !== null && share >= params.actMinShare;
    const act = surelyNew && this.clock.nowMs - Math.max(heap.firstT, author.lastNearT) >= params.actAfterMs;
    const long = lainMs >= (heap.group === 'overflow' ? params.overflowAfterMs : params.exposedAfterMs);
    if (!act && !long) return undefined;
    const exposed = heap.group === 'overflow' ? 'garbage.overflow' : 'garbage.exposed';
    const areaNorm = boxArea(heap.box);
    heap.episode = {
      episodeId: episodeIdOf(this.setup, heap.firstSeenMs, heap.n),
      eventType: act ? 'litter.act' : exposed,
      confidence: confidenceOf(heap, act),
      severity: areaNorm >= params.largeAreaNorm ? 2 : 3,
      reportedAreaNorm: areaNorm,
      reportedAtT: this.clock.nowMs,
      exposedSaid: long,
    };
    return this.signal('raised', heap, heap.episode, { frame });
  }

  private openIncidents(): number {
    let open = 0;
    for (const heap of this.heaps) if (heap.episode !== null) open++;
    return open;
  }

  /** Growth, and an act whose heap has stayed: worth a revision. */
  private update(
    heap: Heap,
    episode: HeapEpisode,
    at: { frame: FrameRef; seenFree: boolean },
  ): RuleSignal | undefined {
    const { params } = this.setup;
    if (!at.seenFree || this.clock.nowMs - episode.reportedAtT < UPDATE_EVERY_MS) return undefined;
    const areaNorm = boxArea(heap.box);
    const grown = areaNorm >= episode.reportedAreaNorm * params.growthFactor;
    const stayed = !episode.exposedSaid && this.clock.nowMs - heap.firstT >= params.exposedAfterMs;
    if (!grown && !stayed) return undefined;
    const growth = areaNorm / Math.max(1e-12, episode.reportedAreaNorm);
    episode.exposedSaid ||= stayed;
    episode.reportedAtT = this.clock.nowMs;
    if (grown) episode.reportedAreaNorm = areaNorm;
    if (areaNorm >= params.largeAreaNorm) episode.severity = 2;
    return this.signal('sustained', heap, episode, {
      frame: at.frame,
      more: grown ? { growth } : { exposed: true },
    });
  }

  private clear(heap: Heap, episode: HeapEpisode, frame: FrameRef): RuleSignal {
    const { remover, absentMs } = heap;
    // What is gone because it is now part of a larger heap was not cleaned.
    const into = [...this.heaps].find(
      (other) => other !== heap && other.episode !== null && intersectionArea(other.box, heap.box) > 0,
    );
    return this.signal('cleared', heap, episode, {
      frame,
      more: {
        absentMs,
        ...(remover === null ? {} : { removedByTrackId: remover.trackId, removedByLabel: remover.label }),
        ...(into?.episode ? { mergedInto: into.episode.episodeId } : {}),
      },
    });
  }

  /** Drops heaps that were seen to be gone, raised (their `cleared` is out) or not; their places are remembered. */
  private forget(): void {
    const gone = [...this.heaps].filter((heap) => heap.absentMs >= this.setup.params.clearAfterMs);
    for (const heap of gone) {
      this.lain = rememberGone(this.lain, heap, this.setup.params.heapGap);
      this.heaps.delete(heap);
    }
  }

  private signal(
    phase: SignalPhase,
    heap: Heap,
    episode: HeapEpisode,
    of: { frame: FrameRef; more?: RuleSignal['measurements'] },
  ): RuleSignal {
    const act = episode.eventType === 'litter.act' && heap.author !== null ? heap.author : null;
    return {
      ...signalBase(this.setup, of.frame),
      phase,
      episodeId: episode.episodeId,
      eventType: episode.eventType,
      severity: episode.severity,
      confidence: episode.confidence,
      trackIds: act === null ? heap.trackIds : [...heap.trackIds, act.trackId],
      label: heap.group,
      box: heap.box,
      firstSeenMs: act === null ? heap.firstSeenMs : Math.min(act.nearestMs, heap.firstSeenMs),
      sinceMs: heap.firstSeenMs,
      presentAtStart: heap.arrival === 'present_at_start',
      moments: momentsOf(heap, of.frame.capturedAtMs, act !== null),
      measurements: { ...measurementsOf(heap, this.clock.nowMs, act !== null), ...of.more },
    };
  }
}

function oldest(heaps: readonly (Heap | undefined)[]): Heap | undefined {
  return heaps.reduce((a, b) => (a === undefined || (b !== undefined && b.n < a.n) ? b : a), undefined);
}

/** Garbage, overflowing bins and the act of littering. */
export const littering: RuleKind<typeof litteringParams> = {
  kind: 'littering',
  params: litteringParams,
  falsifiedBy: BLINDING_FAULTS,
  asksForObjects: ({ labels }) => labels.includes('object'),
  create: (setup) => new LitteringRule({ ...setup, params: litteringSettings(setup.params) }),
};
