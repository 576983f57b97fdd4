/** Incidents, revisions, evidence, outbox and saved state in one SQLite file. */

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CameraFault, Clock, Log } from '../../core/index.ts';
import type { FeedbackEvent } from '../events/feedback-event.ts';
import { isId } from '../ids.ts';
import type { EvidenceItem, Incident, MissingEvidence, Revision } from '../incident.ts';
import { checkStore, type Problem } from './check-store.ts';
import { Database } from './database.ts';
import { EvidenceTable, type EvidenceJob } from './evidence-table.ts';
import {
  countIncidents,
  listIncidents,
  type IncidentFilters,
  type IncidentPage,
  type ListRequest,
} from './list.ts';
import { migrate } from './migrations.ts';
import { Outbox, type NewOutboxMessage } from './outbox.ts';

/** A fault of a camera that is active now. */
export interface ActiveFault {
  readonly cameraId: string;
  readonly fault: CameraFault;
  readonly sinceMs: number;
  readonly raisedAtMs: number;
}

/** A revision on its way into the store. */
export type NewRevision = Omit<Revision, 'ackedAtMs' | 'streamSeq'>;

/** Synchronous on purpose: an incident, its revision and its outbox message are one transaction. */
export class IncidentStore {
  readonly outbox: Outbox;
  readonly evidenceTable: EvidenceTable;
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  private readonly db: Database;
  private readonly relaxed: Database;

  private constructor(path: string, context: { clock: Clock; log: Log }) {
    this.path = path;
    this.clock = context.clock;
    this.log = context.log;
    this.db = new Database(path, 'full');
    migrate(this.db, path);
    this.relaxed = new Database(path, 'normal');
    this.outbox = new Outbox(this.db, this.relaxed);
    this.evidenceTable = new EvidenceTable(this.db);
  }

  /**
   * Opens or creates the store and brings it to the current version.
   * @param path the SQLite file; its folder is created.
   * @throws StreetwatchError `store.failed`, `store.corrupt`, `disk.full`.
   */
  static open(path: string, context: { clock: Clock; log: Log }): IncidentStore {
    mkdirSync(dirname(path), { recursive: true });
    return new IncidentStore(path, context);
  }

  close(): void {
    this.relaxed.close();
    // libsql keeps a connection with prepared statements open until they are collected, and with it the log file.
    this.db.checkpoint();
    this.db.close();
  }

  transaction<T>(work: () => T): T {
    return this.db.transaction(work);
  }

  get(incidentId: string): Incident | undefined {
    if (!isId(incidentId)) return undefined;
    return this.one('SELECT snapshot FROM incidents WHERE incident_id = ?', incidentId);
  }

  byEpisode(episodeId: string): Incident | undefined {
    return this.one('SELECT snapshot FROM incidents WHERE episode_id = ?', episodeId);
  }

  /** Candidates and open incidents, oldest first: what a restart goes on with. */
  unfinished(): Incident[] {
    return this.db
      .all<{ snapshot: string }>(
        `SELECT snapshot FROM incidents WHERE status IN ('candidate', 'open') ORDER BY incident_id`,
        [],
      )
      .map((row) => JSON.parse(row.snapshot) as Incident);
  }

  /** Incidents without candidates, newest first. */
  list(request: ListRequest = {}): IncidentPage {
    return listIncidents(this.db, request);
  }

  count(filters: IncidentFilters = {}): number {
    return countIncidents(this.db, filters);
  }

  /** Cleared incidents that opened before a time and have nothing left to send or to take, oldest first. */
  prunable(beforeMs: number, limit: number): Incident[] {
    return this.db
      .all<{ snapshot: string }>(
        `SELECT snapshot FROM incidents i WHERE status = 'cleared' AND opened_at_ms < ?
           AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.incident_id = i.incident_id AND o.held = 0)
           AND NOT EXISTS (SELECT 1 FROM evidence_jobs j WHERE j.incident_id = i.incident_id)
         ORDER BY opened_at_ms, incident_id LIMIT ?`,
        [beforeMs, limit],
      )
      .map((row) => JSON.parse(row.snapshot) as Incident);
  }

  /** All revisions of an incident, from 1. */
  revisions(incidentId: string): Revision[] {
    return this.db
      .all<RevisionRow>('SELECT * FROM revisions WHERE incident_id = ? ORDER BY revision', [incidentId])
      .map(toRevision);
  }

  /** All files of an incident in the order in which they were taken in. */
  evidence(incidentId: string): EvidenceItem[] {
    return this.evidenceTable.items(incidentId);
  }

  missingEvidence(incidentId: string): MissingEvidence[] {
    return this.evidenceTable.missing(incidentId);
  }

  evidenceJobs(): EvidenceJob[] {
    return this.evidenceTable.jobs();
  }

  /** Case feedback of an incident, oldest first. */
  feedback(incidentId: string): FeedbackEvent[] {
    return this.db
      .all<{ data: string }>('SELECT data FROM case_feedback WHERE incident_id = ? ORDER BY at_ms', [
        incidentId,
      ])
      .map((row) => JSON.parse(row.data) as FeedbackEvent);
  }

  /** Stores a message of case feedback once. @returns false when it was known already. */
  addFeedback(messageId: string, event: FeedbackEvent, atMs: number): boolean {
    return (
      this.db.run(
        'INSERT OR IGNORE INTO case_feedback (message_id, incident_id, at_ms, data) VALUES (?, ?, ?, ?)',
        [messageId, event.incidentId, atMs, JSON.stringify(event)],
      ).changes > 0
    );
  }

  /** Writes the current state of an incident. */
  put(incident: Incident): void {
    this.db.run(
      `INSERT INTO incidents (incident_id, episode_id, status, revision, event_type, domain, severity, camera_id,
         zone_id, rule_id, district, opened_at_ms, cleared_at_ms, review_state, publication, snapshot)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (incident_id) DO UPDATE SET status = excluded.status, revision = excluded.revision,
         severity = excluded.severity, opened_at_ms = excluded.opened_at_ms,
         cleared_at_ms = excluded.cleared_at_ms, review_state = excluded.review_state,
         publication = excluded.publication, snapshot = excluded.snapshot`,
      [
        incident.incidentId,
        incident.episodeId,
        incident.status,
        incident.revision,
        incident.eventType,
        incident.category.domain,
        incident.severity,
        incident.camera.cameraId,
        incident.place.zoneId,
        incident.place.ruleId,
        incident.camera.district ?? null,
        incident.openedAtMs ?? null,
        incident.clearedAtMs ?? null,
        incident.review.state,
        incident.publication,
        JSON.stringify(incident),
      ],
    );
  }

  /** Writes a revision and its message; call it in one {@link IncidentStore.transaction} with `put`. */
  addRevision(revision: NewRevision, message: NewOutboxMessage, held: boolean): void {
    this.db.run(
      'INSERT INTO revisions (incident_id, revision, phase, reason, at_ms, by_whom, data) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [
        revision.incidentId,
        revision.revision,
        revision.phase,
        revision.reason,
        revision.atMs,
        revision.by ?? null,
        message.payload,
      ],
    );
    this.outbox.add(message, held);
  }

  /** Forgets a candidate, or an incident whose time of keeping has passed, with all that belongs to it. */
  remove(incidentId: string): void {
    this.outbox.drop(incidentId);
    this.db.run('DELETE FROM incidents WHERE incident_id = ?', [incidentId]);
  }

  /** Faults of cameras that have been raised and not cleared. */
  faults(): ActiveFault[] {
    return this.db
      .all<{ camera_id: string; fault: string; since_ms: number; raised_at_ms: number }>(
        'SELECT * FROM camera_faults ORDER BY camera_id, fault',
        [],
      )
      .map((row) => ({
        cameraId: row.camera_id,
        fault: row.fault as CameraFault,
        sinceMs: row.since_ms,
        raisedAtMs: row.raised_at_ms,
      }));
  }

  /** @returns whether this changed anything: a fault that is known already is not told again. */
  setFault(fault: ActiveFault, active: boolean): boolean {
    const { changes } = active
      ? this.db.run(
          'INSERT OR IGNORE INTO camera_faults (camera_id, fault, since_ms, raised_at_ms) VALUES (?, ?, ?, ?)',
          [fault.cameraId, fault.fault, fault.sinceMs, fault.raisedAtMs],
        )
      : this.db.run('DELETE FROM camera_faults WHERE camera_id = ? AND fault = ?', [
          fault.cameraId,
          fault.fault,
        ]);
    return changes > 0;
  }

  /** Keeps the state of a rule or tracker; cheap enough for every second. */
  saveState(key: string, json: string): void {
    this.relaxed.run(
      'INSERT INTO state (key, json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET json = excluded.json',
      [key, json],
    );
  }

  /** Several states in one commit. */
  saveStates(states: Iterable<readonly [key: string, json: string]>): void {
    this.relaxed.transaction(() => {
      for (const [key, json] of states) this.saveState(key, json);
    });
  }

  loadState(key: string): string | undefined {
    return this.relaxed.get<{ json: string }>('SELECT json FROM state WHERE key = ?', [key])?.json;
  }

  removeState(key: string): void {
    this.relaxed.run('DELETE FROM state WHERE key = ?', [key]);
  }

  /** Everything in the store and in the evidence folder that contradicts itself; empty when all is sound. */
  check(options: { evidenceDir?: string; publicKey?: string } = {}): Promise<Problem[]> {
    return checkStore(this.db, options);
  }

  private one(sql: string, param: string): Incident | undefined {
    const row = this.db.get<{ snapshot: string }>(sql, [param]);
    return row === undefined ? undefined : (JSON.parse(row.snapshot) as Incident);
  }
}

interface RevisionRow {
  incident_id: string;
  revision: number;
  phase: string;
  reason: string;
  at_ms: number;
  by_whom: string | null;
  data: string;
  acked_at_ms: number | null;
  stream_seq: number | null;
}

function toRevision(row: RevisionRow): Revision {
  return {
    incidentId: row.incident_id,
    revision: row.revision,
    phase: row.phase as Revision['phase'],
    reason: row.reason as Revision['reason'],
    atMs: row.at_ms,
    ...(row.by_whom === null ? {} : { by: row.by_whom }),
    data: JSON.parse(row.data) as unknown,
    ...(row.acked_at_ms === null ? {} : { ackedAtMs: row.acked_at_ms }),
    ...(row.stream_seq === null ? {} : { streamSeq: row.stream_seq }),
  };
}
