/** Watches whether a camera can see: pictures and stream in, onset and clearing of faults out. */

import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import {
  CAMERA_FAULTS,
  StreetwatchError,
  type CameraFault,
  type Frame,
  type HealthSignal,
} from '../core/index.ts';
import { castOf } from './features.ts';
import { faultTimerState, look, newFaultTimer, type FaultTimer } from './fault-timer.ts';
import { FreezeWatch, freezeState } from './freeze-watch.ts';
import { judge, TRUSTED_STEADINESS, type Measurements } from './judge.ts';
import { HEALTH_DEFAULTS, PICTURE_FAULTS, type HealthOptions, type PictureFault } from './options.ts';
import { CELLS, readPicture, type Picture } from './picture.ts';
import {
  FIRST_PICTURES,
  LEAST_PICTURES,
  learn,
  newReference,
  packReference,
  referenceState,
  unpackReference,
  type Reference,
} from './reference.ts';
import { StreamWatch, streamState } from './stream-watch.ts';

const healthState = Type.Object({
  version: Type.Literal(1),
  timers: Type.Record(Type.String(), faultTimerState),
  stream: streamState,
  freeze: freezeState,
  reference: referenceState,
});

/** The picture has lost its colour (a night camera) below the first, and has it again above the second. */
const GREY = 1.2;
const COLOURED = 3;
/** Pictures of the new kind before a night camera's switch is believed. */
const SWITCH_LOOKS = 4;
/** A view that was not steady when it was learnt (traffic, wind, a hand) is learnt anew after this long. */
const UNSTEADY_MS = 30_000;

/** One camera's health. Pure of clock and I/O: times come with the pictures and with {@link HealthMonitor.tick}. */
export class HealthMonitor {
  private readonly cameraId: string;
  private readonly options: HealthOptions;
  private readonly timers = new Map<CameraFault, FaultTimer>(
    CAMERA_FAULTS.map((fault) => [fault, newFaultTimer()]),
  );
  private readonly stream: StreamWatch;
  private readonly freeze = new FreezeWatch();
  private reference: Reference = newReference();
  private switchLooks = 0;
  private lookedMs: number | undefined;
  private tickedMs: number | undefined;

  constructor(setup: { readonly cameraId: string; readonly options?: Partial<HealthOptions> }) {
    this.cameraId = setup.cameraId;
    this.options = { ...HEALTH_DEFAULTS, ...setup.options };
    this.stream = new StreamWatch(this.options);
  }

  /**
   * Takes a picture, before its memory is given back. Looks at the pixels at most every `lookEveryMs`.
   * @param arrivedMs monotonic time of arrival, for live sources: without it the stream's clock is not judged.
   */
  observe(frame: Frame, arrivedMs?: number): HealthSignal[] {
    const signals: HealthSignal[] = [];
    const atMs = frame.ref.capturedAtMs;
    // A picture without a time would leave every fault without one.
    if (!Number.isFinite(atMs)) return signals;
    const slow = this.timer('low_frame_rate');
    this.stream.take(frame.ref, arrivedMs, slow.active || slow.looks > 0);
    this.turn(signals, 'signal_lost', false, { atMs, stepMs: 0, more: {} });
    const stepMs = this.lookedMs === undefined ? 0 : atMs - this.lookedMs;
    if (this.lookedMs !== undefined && stepMs >= 0 && stepMs < this.options.lookEveryMs) return signals;
    this.lookedMs = atMs;
    this.lookAtStream(signals, atMs, stepMs);
    const picture = readPicture(frame);
    if (picture !== undefined) this.lookAtPicture(signals, picture, { atMs, stepMs: Math.max(0, stepMs) });
    return signals;
  }

  /**
   * Lets time pass while no picture comes. Call it about once a second with the wall clock of `capturedAtMs`.
   */
  tick(nowMs: number): HealthSignal[] {
    const signals: HealthSignal[] = [];
    const silentMs = this.stream.silence(nowMs);
    const stepMs = this.tickedMs === undefined ? 0 : Math.max(0, nowMs - this.tickedMs);
    this.tickedMs = nowMs;
    if (silentMs >= this.stream.lostAfterMs) {
      this.turn(signals, 'signal_lost', true, { atMs: nowMs, stepMs, more: { silentMs } });
    }
    return signals;
  }

  /** Faults that are active now, in the order of {@link CAMERA_FAULTS}. */
  active(): CameraFault[] {
    return CAMERA_FAULTS.filter((fault) => this.timer(fault).active);
  }

  /** The analysis rate of this camera was changed on purpose: the new one is learnt. */
  expectOtherRate(): void {
    this.stream.forgetRate();
  }

  /** JSON value with all that was learnt. */
  save(): unknown {
    const state: Static<typeof healthState> = {
      version: 1,
      timers: Object.fromEntries(this.timers),
      stream: this.stream.save(),
      freeze: this.freeze.save(),
      reference: packReference(this.reference),
    };
    return structuredClone(state);
  }

  /** @throws StreetwatchError `state.invalid` when the state is not one that `save` gives. */
  restore(state: unknown): void {
    if (!Check(healthState, state)) {
      throw new StreetwatchError(
        'state.invalid',
        `the saved health of camera ${this.cameraId} has another form`,
      );
    }
    for (const fault of CAMERA_FAULTS)
      this.timers.set(fault, { ...(state.timers[fault] ?? newFaultTimer()) });
    this.stream.restore(state.stream);
    this.freeze.restore(state.freeze);
    this.reference = unpackReference(state.reference);
    this.lookedMs = undefined;
    this.tickedMs = undefined;
  }

  private timer(fault: CameraFault): FaultTimer {
    return this.timers.get(fault)!;
  }

  private lookAtStream(signals: HealthSignal[], atMs: number, stepMs: number): void {
    const slowness = this.stream.slowness();
    const limit = this.options.slowFactor * (this.timer('low_frame_rate').active ? 0.75 : 1);
    const slow = slowness === undefined ? undefined : slowness > limit;
    this.turn(signals, 'low_frame_rate', slow, {
      atMs,
      stepMs,
      more: { slowness: slowness ?? 0, usualMs: this.stream.usualMs },
    });
    const driftMs = this.stream.driftMs;
    const most = this.options.clockDriftMs * (this.timer('clock_drift').active ? 0.5 : 1);
    this.turn(signals, 'clock_drift', Math.abs(driftMs) > most, { atMs, stepMs, more: { driftMs } });
  }

  private lookAtPicture(
    signals: HealthSignal[],
    picture: Picture,
    at: { atMs: number; stepMs: number },
  ): void {
    const enough =
      this.reference.learntMs >= this.options.learnMs && this.reference.pictures >= LEAST_PICTURES;
    const known = enough ? this.reference : undefined;
    const { verdicts, measurements } = judge(picture, known, (fault) => this.timer(fault).active);
    const still = this.freeze.look(picture, at.atMs, this.timer('frozen').active);
    // A black or covered picture stands still as well; that is not a second fault.
    verdicts.frozen = verdicts.black || verdicts.covered ? undefined : still.frozen;
    if (this.timer('frozen').active && verdicts.frozen !== false) this.hold(verdicts);
    const clean = PICTURE_FAULTS.every((fault) => verdicts[fault] !== true && !this.timer(fault).active);
    if (this.isNightSwitch(picture, verdicts.covered === true)) return;
    for (const fault of PICTURE_FAULTS) {
      const more = fault === 'frozen' ? { stillMs: still.stillMs, waitMs: still.waitMs } : measurements;
      this.turn(signals, fault, verdicts[fault], { ...at, more });
    }
    if (clean && still.stillMs < 3000) learn(this.reference, picture, Math.min(at.stepMs, 5000));
    else if (clean) learn(this.reference, picture, Math.min(at.stepMs, 500));
    if (clean && this.isUnsteady()) this.reference = newReference();
    if (verdicts.moved === true) this.acceptNewView(signals, at.atMs);
  }

  /** Not before all first pictures have come: from key frames alone that takes longer than {@link UNSTEADY_MS}. */
  private isUnsteady(): boolean {
    const { steadiness, learntMs, pictures } = this.reference;
    return pictures >= FIRST_PICTURES && steadiness < TRUSTED_STEADINESS && learntMs > UNSTEADY_MS;
  }

  private hasFault(...except: readonly PictureFault[]): boolean {
    return PICTURE_FAULTS.some((fault) => !except.includes(fault) && this.timer(fault).active);
  }

  /** While pictures repeat themselves they say nothing new about anything else. */
  private hold(verdicts: Record<PictureFault, boolean | undefined>): void {
    for (const fault of PICTURE_FAULTS) if (fault !== 'frozen') verdicts[fault] = undefined;
  }

  /**
   * A night camera that drops its colour filter shows another picture of the same view: it is learnt anew. Not while it
   * has a fault: without a reference nobody could tell when that ends, and the fault would be learnt as normal.
   */
  private isNightSwitch(picture: Picture, covered: boolean): boolean {
    if (this.hasFault()) return false;
    const was = this.reference.saturation;
    const other =
      (was > COLOURED && picture.saturation < GREY) || (was < GREY && picture.saturation > COLOURED);
    const uniform = other && was < GREY && castOf(this.reference, picture).share > 0.85;
    // Colour comes back to the whole street: a red car on grey asphalt is no change of the filter.
    const local = other && was < GREY && colouredShare(picture) < 0.5;
    const plausible =
      other && !uniform && !local && !covered && picture.contrast > 8 && this.reference.pictures > 0;
    this.switchLooks = plausible ? this.switchLooks + 1 : 0;
    if (this.switchLooks >= SWITCH_LOOKS) {
      this.reference = newReference();
      this.switchLooks = 0;
    }
    return plausible;
  }

  /**
   * A view that stays moved for long is the new view: somebody turned the camera on purpose. Called at looks that show
   * it uncovered and sharp, and not while something else is wrong with it: that would be learnt along with it. But for
   * its colours, which are another view's.
   */
  private acceptNewView(signals: HealthSignal[], atMs: number): void {
    const moved = this.timer('moved');
    if (!moved.active || atMs - moved.sinceMs < this.options.acceptMovedAfterMs) return;
    if (this.hasFault('moved', 'colour_cast')) return;
    this.reference = newReference();
    for (const fault of ['moved', 'colour_cast'] as const) {
      const { active, sinceMs } = this.timer(fault);
      this.timers.set(fault, newFaultTimer());
      if (active) signals.push(this.signal('cleared', fault, { atMs, sinceMs, more: { accepted: 1 } }));
    }
  }

  private turn(
    signals: HealthSignal[],
    fault: CameraFault,
    verdict: boolean | undefined,
    at: { atMs: number; stepMs: number; more: Measurements },
  ): void {
    const timer = this.timer(fault);
    // Silence is measured, not sampled: it needs no second look.
    const turned =
      fault === 'signal_lost'
        ? lookOnce(timer, verdict, at)
        : look(timer, verdict, { ...at, timing: this.options.timing[fault] });
    if (turned === undefined) return;
    signals.push(this.signal(turned, fault, { atMs: at.atMs, sinceMs: timer.sinceMs, more: at.more }));
  }

  private signal(
    phase: 'raised' | 'cleared',
    fault: CameraFault,
    of: { atMs: number; sinceMs: number; more: Measurements },
  ): HealthSignal {
    const measurements = Object.fromEntries(
      Object.entries(of.more).map(([name, value]) => [name, Math.round(value * 1000) / 1000]),
    );
    return { phase, cameraId: this.cameraId, fault, atMs: of.atMs, sinceMs: of.sinceMs, measurements };
  }
}

/** Share of the cells that show a colour, 0–1. */
function colouredShare({ cb, cr }: Picture): number {
  let coloured = 0;
  for (let i = 0; i < CELLS; i++) if (Math.hypot(cb[i]!, cr[i]!) > 1.5 * GREY) coloured++;
  return coloured / CELLS;
}

function lookOnce(
  timer: FaultTimer,
  lost: boolean | undefined,
  at: { atMs: number; more: Measurements },
): 'raised' | 'cleared' | undefined {
  if (lost === undefined || lost === timer.active) return undefined;
  timer.active = lost;
  timer.sinceMs = lost ? at.atMs - (at.more['silentMs'] ?? 0) : at.atMs;
  return lost ? 'raised' : 'cleared';
}
