/** Turns rule signals and people's decisions into incidents: state, revision and message in one transaction. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  StreetwatchError,
  assertNever,
  messageOf,
  type Clock,
  type Footage,
  type HealthSignal,
  type Log,
  type RuleSignal,
  type Zone,
} from '../core/index.ts';
import type { CodeTable } from './code-table.ts';
import type { FeedbackEvent } from './events/feedback-event.ts';
import { toHealthMessage } from './events/to-health-event.ts';
import { toMessage } from './events/to-incident-event.ts';
import { collect, evidenceFolder } from './evidence/collector.ts';
import { EvidenceQueue } from './evidence/evidence-queue.ts';
import type { EvidenceSigner } from './evidence/manifest.ts';
import { recordEvidence } from './evidence/record.ts';
import {
  DEFAULT_EVIDENCE_SETTINGS,
  footageFromMs,
  planArrival,
  planClearing,
  planConfirmation,
  type EvidencePlan,
  type EvidenceSettings,
} from './evidence/plan.ts';
import type { CameraInfo, Incident, ModelInfo, RevisionPhase, RevisionReason } from './incident.ts';
import { newIncident, opened, refreshed, revised } from './life.ts';
import { decideReview, type ReviewDecision } from './review.ts';
import { SignalBacklog } from './signal-backlog.ts';
import type { EvidenceJob } from './store/evidence-table.ts';
import type { IncidentStore } from './store/incident-store.ts';
import { decide } from './transitions.ts';

/** What a listener is told after a revision was committed. */
export interface IncidentChange {
  readonly incident: Incident;
  readonly phase: RevisionPhase;
  readonly reason: RevisionReason;
}

export interface IncidentServiceOptions {
  readonly store: IncidentStore;
  readonly footage: Footage;
  /** Folder of the evidence files; relative paths in events start here. */
  readonly evidenceDir: string;
  /** 行政区划 code of the installation: second token of every subject. */
  readonly adcode: string;
  readonly codes: CodeTable;
  readonly cameras: (cameraId: string) => CameraInfo | undefined;
  readonly zones: (cameraId: string, zoneId: string) => Zone | undefined;
  /** The weights that a signal rests on. */
  readonly model?: (signal: RuleSignal) => ModelInfo | undefined;
  /** Rules whose incidents a person must confirm before anything of them is published. */
  readonly requiresApproval?: (cameraId: string, ruleId: string) => boolean;
  readonly signer: EvidenceSigner;
  readonly evidence?: Partial<EvidenceSettings>;
  /** Put before evidence paths in events; ends in `/`. */
  readonly evidenceBaseUri?: string;
  /** CloudEvents `source`; default `/streetwatch/<adcode>`. */
  readonly source?: string;
  readonly clock: Clock;
  readonly log: Log;
}

interface Change {
  readonly phase: RevisionPhase;
  readonly reason: RevisionReason;
  readonly atMs: number;
  readonly by?: string;
  readonly capturedAtMs?: number;
}

export class IncidentService {
  private readonly options: IncidentServiceOptions;
  private readonly store: IncidentStore;
  private readonly settings: EvidenceSettings;
  private readonly queue: EvidenceQueue;
  private readonly backlog: SignalBacklog;
  private readonly listeners = new Set<(change: IncidentChange) => void>();
  private readonly feedbackListeners = new Set<(incident: Incident) => void>();

  constructor(options: IncidentServiceOptions) {
    this.options = options;
    this.store = options.store;
    this.settings = { ...DEFAULT_EVIDENCE_SETTINGS, ...options.evidence };
    this.queue = new EvidenceQueue({
      run: (job, final) => this.takeEvidence(job, final),
      countAttempt: (job) => this.store.evidenceTable.countAttempt(job.jobId),
      log: options.log,
    });
    this.backlog = new SignalBacklog({ log: options.log });
  }

  /** Goes on with what the last process left: holds the footage of candidates and takes the evidence still due. */
  start(): void {
    const jobs = this.store.evidenceJobs();
    const due = new Set(jobs.map((job) => job.incidentId));
    for (const incident of this.store.unfinished()) {
      if (incident.status === 'candidate' || due.has(incident.incidentId)) this.hold(incident);
    }
    for (const job of jobs) this.queue.add(job);
  }

  /**
   * Takes one signal in. Returns the incident after it, or `undefined` when there is none. When the store cannot be
   * written (a full disk) the signal is kept in memory and taken in, in order, as soon as it can.
   */
  apply(signal: RuleSignal): Incident | undefined {
    let incident: Incident | undefined;
    this.backlog.run(() => {
      incident = this.applyNow(signal);
    });
    return incident;
  }

  /** Publishes that a fault of a camera began or ended; what is known already is not told again. */
  applyHealth(signal: HealthSignal): void {
    this.backlog.run(() => {
      const { cameraId, fault, sinceMs, atMs } = signal;
      const told = this.store.transaction(() => {
        const active = { cameraId, fault, sinceMs, raisedAtMs: atMs };
        if (!this.store.setFault(active, signal.phase === 'raised')) return false;
        const camera = this.camera(cameraId);
        const { adcode, clock } = this.options;
        this.store.outbox.add(
          toHealthMessage({ signal, camera, adcode, source: this.source, nowMs: clock.nowMs() }),
          false,
        );
        return true;
      });
      if (told) this.store.outbox.announce();
    });
  }

  /**
   * Records a person's decision as a revision.
   * @throws StreetwatchError `incident.not-found`, `incident.conflict` when somebody else was first,
   * `incident.invalid`, `disk.full`, `store.failed`.
   */
  review(incidentId: string, decision: ReviewDecision): Incident {
    return this.committed(() => {
      const current = this.store.get(incidentId);
      const atMs = this.options.clock.nowMs();
      const { incident, phase } = decideReview(current, decision, {
        atMs,
        exists: (id) => this.store.get(id) !== undefined,
      });
      const release = current?.publication === 'held' && incident.publication === 'open';
      if (release) this.store.outbox.releaseHeld(incidentId);
      return this.revise(incident, { phase, reason: 'review', atMs, by: decision.by });
    });
  }

  /**
   * Takes in what the city's platform says about a case, once. It is kept beside the incident and makes no revision:
   * the platform knows it already.
   * @returns the incident, or `undefined` when there is none of this id.
   */
  applyFeedback(messageId: string, event: FeedbackEvent): Incident | undefined {
    const incident = this.store.transaction(() => {
      const current = this.store.get(event.incidentId);
      const atMs = Date.parse(event.at);
      if (current === undefined || !this.store.addFeedback(messageId, event, atMs)) return current;
      if (current.dispatch !== undefined && current.dispatch.atMs > atMs) return current;
      const { state, caseId, by, note } = event;
      const dispatch = {
        state,
        atMs,
        ...(caseId === undefined ? {} : { caseId }),
        ...(by === undefined ? {} : { by }),
        ...(note === undefined ? {} : { note }),
      };
      const next = { ...current, dispatch };
      this.store.put(next);
      return next;
    });
    if (incident !== undefined) for (const listener of this.feedbackListeners) listener(incident);
    return incident;
  }

  /** Called after case feedback was taken in; returns how to stop. */
  onFeedback(listener: (incident: Incident) => void): () => void {
    this.feedbackListeners.add(listener);
    return () => this.feedbackListeners.delete(listener);
  }

  /**
   * Ends what no rule watches any more, because its rule or camera was taken out of the configuration: candidates are
   * forgotten, open incidents cleared with reason `retired`. To be called after the start and after such a change.
   * @returns how many.
   */
  retire(isWatched: (incident: Incident) => boolean): number {
    const orphans = this.store.unfinished().filter((incident) => !isWatched(incident));
    for (const orphan of orphans) {
      if (orphan.status === 'candidate') {
        this.discard(orphan);
        continue;
      }
      const atMs = this.options.clock.nowMs();
      const incident: Incident = {
        ...orphan,
        status: 'cleared',
        revision: orphan.revision + 1,
        clearedAtMs: atMs,
        updatedAtMs: atMs,
      };
      this.committed(() => this.revise(incident, { phase: 'cleared', reason: 'retired', atMs }));
    }
    return orphans.length;
  }

  /** Called after each committed revision; returns how to stop. */
  onChange(listener: (change: IncidentChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Incidents with evidence under way, and signals that wait for the store. */
  pending(): { evidence: number; signals: number } {
    return { evidence: this.queue.size, signals: this.backlog.size };
  }

  /** Resolves when no evidence is under way. */
  settle(): Promise<void> {
    return this.queue.settle();
  }

  /** Finishes the evidence that is being taken; the rest stays in the store for the next start. */
  async close(): Promise<void> {
    this.backlog.close();
    await this.queue.close();
  }

  private applyNow(signal: RuleSignal): Incident | undefined {
    const current = this.store.byEpisode(signal.episodeId);
    const decision = decide(current, signal);
    switch (decision.kind) {
      case 'ignore':
        return current;
      case 'candidate':
        return this.openCandidate(signal);
      case 'discard':
        if (current !== undefined) this.discard(current);
        return undefined;
      case 'refresh': {
        if (current === undefined) return undefined;
        const next = refreshed(current, signal);
        this.store.put(next);
        return next;
      }
      case 'open':
        return this.open(current, signal);
      case 'revise':
        if (current === undefined) return undefined;
        return this.reviseBySignal(current, signal, decision);
      default:
        return assertNever(decision);
    }
  }

  private openCandidate(signal: RuleSignal): Incident {
    const incident = this.create(signal);
    this.hold(incident);
    const job = this.store.transaction(() => {
      this.store.put(incident);
      return this.store.evidenceTable.addJob(incident.incidentId, planArrival(signal));
    });
    this.queue.add(job);
    return incident;
  }

  private open(candidate: Incident | undefined, signal: RuleSignal): Incident {
    const incident = opened(candidate ?? this.create(signal), signal);
    this.hold(incident, footageFromMs(signal, this.settings));
    const plan = planConfirmation(signal, candidate !== undefined, this.settings);
    const change = { phase: 'opened', reason: 'rule', atMs: signal.atMs, capturedAtMs: signal.atMs } as const;
    return this.commitWithJob(incident, change, plan);
  }

  private reviseBySignal(
    current: Incident,
    signal: RuleSignal,
    { phase, reason }: { phase: RevisionPhase; reason: RevisionReason },
  ): Incident {
    const incident = revised(current, signal, phase);
    const change = { phase, reason, atMs: signal.atMs, capturedAtMs: signal.atMs };
    if (phase !== 'cleared') return this.commitWithJob(incident, change, undefined);
    this.options.footage.hold(
      incident.camera.cameraId,
      signal.atMs - this.settings.preRollMs,
      incident.incidentId,
    );
    return this.commitWithJob(incident, change, planClearing(signal, current.box, incident.revision));
  }

  private commitWithJob(incident: Incident, change: Change, plan: EvidencePlan | undefined): Incident {
    let job: EvidenceJob | undefined;
    const done = this.committed(() => {
      const result = this.revise(incident, change);
      if (plan !== undefined) job = this.store.evidenceTable.addJob(incident.incidentId, plan);
      return result;
    });
    if (job !== undefined) this.queue.add(job);
    return done;
  }

  /** Writes an incident whose revision has been counted up already, its revision and its message. */
  private revise(incident: Incident, change: Change): { incident: Incident; change: Change } {
    this.store.put(incident);
    const { incidentId, revision } = incident;
    const message = toMessage({
      ...change,
      incident,
      evidence: this.store.evidence(incidentId),
      missing: this.store.missingEvidence(incidentId),
      evidenceBaseUri: this.options.evidenceBaseUri ?? '',
      source: this.source,
    });
    const { phase, reason, atMs, by } = change;
    const row = {
      incidentId,
      revision,
      phase,
      reason,
      atMs,
      data: undefined,
      ...(by === undefined ? {} : { by }),
    };
    this.store.addRevision(row, message, incident.publication === 'held');
    return { incident, change };
  }

  private committed(work: () => { incident: Incident; change: Change }): Incident {
    const { incident, change } = this.store.transaction(work);
    this.store.outbox.announce();
    const { phase, reason } = change;
    const { incidentId, revision, eventType, camera } = incident;
    this.options.log.info(
      { incidentId, revision, phase, reason, eventType, cameraId: camera.cameraId },
      'incident revised',
    );
    for (const listener of this.listeners) listener({ incident, phase, reason });
    return incident;
  }

  private discard(candidate: Incident): void {
    this.store.transaction(() => this.store.remove(candidate.incidentId));
    this.queue.drop(candidate.incidentId);
    this.options.footage.release(candidate.incidentId);
    rmSync(join(this.options.evidenceDir, evidenceFolder(candidate)), { recursive: true, force: true });
  }

  private async takeEvidence(job: EvidenceJob, final: boolean): Promise<void> {
    const { footage, evidenceDir, signer } = this.options;
    const before = this.store.get(job.incidentId);
    if (before === undefined) return;
    const collected = await collect(before, job.plan, { footage, evidenceDir, final });
    // Other revisions may have come while the files were made.
    const current = this.store.get(job.incidentId);
    if (current === undefined) {
      rmSync(join(evidenceDir, evidenceFolder(before)), { recursive: true, force: true });
      return;
    }
    const next = current.revision === 0 ? current : { ...current, revision: current.revision + 1 };
    const record = (): void => {
      recordEvidence({ store: this.store, incident: next, collected, evidenceDir, signer });
      this.store.evidenceTable.finishJob(job.jobId);
    };
    if (next.revision === 0) {
      this.store.transaction(record);
      return;
    }
    this.committed(() => {
      record();
      return this.revise(next, { phase: 'updated', reason: 'evidence', atMs: this.options.clock.nowMs() });
    });
    if (!this.store.evidenceJobs().some((other) => other.incidentId === job.incidentId)) {
      footage.release(job.incidentId);
    }
  }

  private create(signal: RuleSignal): Incident {
    const zone = this.options.zones(signal.cameraId, signal.zoneId);
    const model = this.options.model?.(signal);
    return newIncident(signal, {
      nowMs: this.options.clock.nowMs(),
      adcode: this.options.adcode,
      camera: this.camera(signal.cameraId),
      category: this.options.codes.category(signal.eventType),
      held: this.options.requiresApproval?.(signal.cameraId, signal.ruleId) ?? false,
      ...(zone === undefined ? {} : { zone }),
      ...(model === undefined ? {} : { model }),
    });
  }

  private hold(incident: Incident, fromMs?: number): void {
    const from = fromMs ?? Math.min(incident.firstSeenMs, incident.sinceMs) - this.settings.preRollMs;
    try {
      this.options.footage.hold(incident.camera.cameraId, from, incident.incidentId);
    } catch (error) {
      this.options.log.warn({ incidentId: incident.incidentId, error: messageOf(error) }, 'footage not held');
    }
  }

  private camera(cameraId: string): CameraInfo {
    const camera = this.options.cameras(cameraId);
    if (camera === undefined) {
      throw new StreetwatchError('incident.invalid', `there is no camera ${cameraId}`, {
        context: { cameraId },
      });
    }
    return camera;
  }

  private get source(): string {
    return this.options.source ?? `/streetwatch/${this.options.adcode}`;
  }
}
