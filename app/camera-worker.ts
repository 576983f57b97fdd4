/** One camera at work: what each of its frames goes through, and the state that must survive a restart. */

import type {
  CameraFault,
  Clock,
  Detection,
  Frame,
  FrameRef,
  HealthSignal,
  Log,
  RuleSignal,
  TrackedFrame,
} from '../core/index.ts';
import { messageOf } from '../core/index.ts';
import { HealthMonitor } from '../health/index.ts';
import type { RuleSet } from '../rules/index.ts';
import { Tracker } from '../tracking/index.ts';
import { LeftObjects } from './left-objects.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** How often state is saved besides the moments that change an incident, milliseconds of media time. */
const SAVE_EVERY_MS = 2_000;
/** How long a camera may overtake after flames or smoke were seen, milliseconds. */
const URGENT_FOR_MS = 10_000;
const URGENT_LABELS: ReadonlySet<string> = new Set(['fire', 'smoke']);

/** Everything of a camera that must survive a restart. */
export interface CameraState {
  readonly rules: unknown;
  readonly health: unknown;
  /** The learnt view, where a rule asks for objects without a class. */
  readonly objects?: unknown;
}

/** What a camera hands on, and where it keeps its state. */
export interface CameraOutputs {
  signal(signal: RuleSignal): void;
  health(signal: HealthSignal): void;
  loadState(): CameraState | undefined;
  saveState(state: CameraState): void;
  /** For the drawing of recent tracks, and for replays: with the faults under which the frame was judged. */
  tracked?(frame: TrackedFrame, faults: readonly CameraFault[]): void;
}

export interface CameraWorkerOptions {
  readonly cameraId: string;
  readonly rules: RuleSet;
  readonly outputs: CameraOutputs;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Joins tracker, health and rules of one camera. The state of the tracker is of one run only; what must outlive a
 * reconnect or a restart (dwell, places, open episodes, faults) is the rules' and the health monitor's.
 */
export class CameraWorker {
  readonly cameraId: string;
  private readonly options: CameraWorkerOptions;
  private readonly tracker: Tracker;
  private readonly health: HealthMonitor;
  private rules: RuleSet;
  /** Only where a rule asks for it: it costs time and precision. */
  private objects: LeftObjects | undefined;
  private urgentUntilMs = Number.NEGATIVE_INFINITY;
  private savedAtMs = Number.NEGATIVE_INFINITY;
  private lastFrame: FrameRef | undefined;

  constructor(options: CameraWorkerOptions) {
    this.cameraId = options.cameraId;
    this.options = options;
    this.tracker = new Tracker({ cameraId: options.cameraId });
    this.health = new HealthMonitor({ cameraId: options.cameraId });
    this.rules = options.rules;
    this.objects = this.objectsFor(options.rules);
    this.takeUpState();
  }

  get faults(): readonly CameraFault[] {
    return this.health.active();
  }

  /** Ids of the rules that stand still under the present faults. */
  get suspendedRules(): readonly string[] {
    return this.rules.suspended(this.cameraId, this.health.active());
  }

  /** `capturedAtMs` of the last frame that was looked at. */
  get lastFrameMs(): number | undefined {
    return this.lastFrame?.capturedAtMs;
  }

  /**
   * Looks at the pixels of a frame before it goes to the detector, and says whether it may overtake.
   * @param arrivedMs monotonic time of arrival of a live frame: by it the camera's clock is judged.
   */
  observe(frame: Frame, arrivedMs?: number): 'normal' | 'urgent' {
    this.lastFrame = frame.ref;
    this.publishHealth(this.health.observe(frame, arrivedMs));
    this.objects?.observe(frame);
    return frame.ref.capturedAtMs <= this.urgentUntilMs ? 'urgent' : 'normal';
  }

  /** Scores from which the rules want to know of single classes, below the thresholds of the model. */
  lowestScores(): Readonly<Record<string, number>> {
    return this.rules.lowestScores(this.cameraId);
  }

  /** Lets time pass while no frame comes, so that silence is found. */
  tick(nowMs: number): void {
    this.publishHealth(this.health.tick(nowMs));
  }

  /** Follows what was detected in a frame and judges it. */
  evaluate(ref: FrameRef, detections: readonly Detection[]): void {
    if (detections.some(({ label, faint }) => faint !== true && URGENT_LABELS.has(label))) {
      this.urgentUntilMs = ref.capturedAtMs + URGENT_FOR_MS;
    }
    const tracked = this.tracker.update(ref, this.objects?.addTo(ref, detections) ?? detections);
    this.objects?.follow(tracked);
    const faults = this.health.active();
    const signals = this.rules.evaluate(tracked, { faults });
    for (const signal of signals) this.options.outputs.signal(signal);
    this.options.outputs.tracked?.(tracked, faults);
    this.options.metrics.frames.inc({ camera: this.cameraId });
    if (signals.length > 0 || Math.abs(ref.capturedAtMs - this.savedAtMs) >= SAVE_EVERY_MS) {
      this.save();
      this.savedAtMs = ref.capturedAtMs;
    }
  }

  /** Puts other rules in the place of the present ones; places of rules that stay are taken along. */
  replaceRules(rules: RuleSet): void {
    const orphans = rules.restore(this.rules.save(this.cameraId));
    if (this.lastFrame !== undefined) {
      for (const { ruleId } of orphans) {
        for (const signal of this.rules.end(ruleId, this.lastFrame, 'rule_removed'))
          this.options.outputs.signal(signal);
      }
    }
    this.rules = rules;
    this.objects = this.objectsFor(rules);
    this.save();
  }

  save(): void {
    this.options.outputs.saveState({
      rules: this.rules.save(this.cameraId),
      health: this.health.save(),
      ...(this.objects === undefined ? {} : { objects: this.objects.save() }),
    });
  }

  private takeUpState(): void {
    const state = this.options.outputs.loadState();
    if (state === undefined) return;
    this.objects?.restore(state.objects, this.options.log);
    try {
      this.rules.restore(state.rules);
      this.health.restore(state.health);
    } catch (error) {
      // State of an older program: the rules start fresh, open incidents stay open and are found again by their place.
      this.options.log.warn({ cameraId: this.cameraId, error: messageOf(error) }, 'saved state not taken up');
    }
  }

  private objectsFor(rules: RuleSet): LeftObjects | undefined {
    return rules.asksForObjects(this.cameraId) ? (this.objects ?? new LeftObjects()) : undefined;
  }

  private publishHealth(signals: readonly HealthSignal[]): void {
    for (const signal of signals) {
      this.options.metrics.cameraFault.set(
        { camera: this.cameraId, fault: signal.fault },
        signal.phase === 'raised' ? 1 : 0,
      );
      this.options.outputs.health({ ...signal, suspendedRules: this.suspendedRules });
    }
  }
}
