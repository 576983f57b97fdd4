/** Lists of incidents, newest first, page by page. */

import { StreetwatchError, type EventType } from '../../core/index.ts';
import { isId } from '../ids.ts';
import type { Incident, IncidentStatus, ReviewState } from '../incident.ts';
import type { Database, SqlValue } from './database.ts';

/** Which incidents; what is left out does not restrict. */
export interface IncidentFilters {
  /** Opened at or after, and before, wall time. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly eventTypes?: readonly EventType[];
  readonly cameraIds?: readonly string[];
  readonly zoneId?: string;
  readonly ruleId?: string;
  readonly districts?: readonly string[];
  readonly status?: Exclude<IncidentStatus, 'candidate'>;
  readonly reviewStates?: readonly ReviewState[];
  /** Only those that wait for approval before they are published. */
  readonly held?: boolean;
}

export interface ListRequest {
  readonly filters?: IncidentFilters;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
  /** 1–500, default 50. */
  readonly limit?: number;
}

export interface IncidentPage {
  readonly incidents: readonly Incident[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** @throws StreetwatchError `incident.invalid` for a cursor that is none of ours. */
export function listIncidents(db: Database, request: ListRequest): IncidentPage {
  const limit = Math.min(500, Math.max(1, Math.floor(request.limit ?? 50)));
  const where = conditions(request.filters ?? {});
  if (request.cursor !== undefined) {
    const { openedAtMs, incidentId } = parseCursor(request.cursor);
    where.push(['(opened_at_ms, incident_id) < (?, ?)', [openedAtMs, incidentId]]);
  }
  const sql = `SELECT snapshot FROM incidents WHERE ${where.map(([text]) => text).join(' AND ')}
               ORDER BY opened_at_ms DESC, incident_id DESC LIMIT ?`;
  const rows = db.all<{ snapshot: string }>(sql, [...where.flatMap(([, params]) => params), limit + 1]);
  const incidents = rows.slice(0, limit).map((row) => JSON.parse(row.snapshot) as Incident);
  const last = incidents.at(-1);
  return rows.length > limit && last !== undefined
    ? { incidents, nextCursor: toCursor(last) }
    : { incidents };
}

/** Number of incidents, e.g. how many wait for review. */
export function countIncidents(db: Database, filters: IncidentFilters): number {
  const where = conditions(filters);
  const sql = `SELECT COUNT(*) AS n FROM incidents WHERE ${where.map(([text]) => text).join(' AND ')}`;
  return (
    db.get<{ n: number }>(
      sql,
      where.flatMap(([, params]) => params),
    )?.n ?? 0
  );
}

function conditions(filters: IncidentFilters): [string, SqlValue[]][] {
  const where: [string, SqlValue[]][] = [[`status <> 'candidate'`, []]];
  const oneOf = (column: string, values: readonly string[] | undefined): void => {
    if (values === undefined) return;
    where.push([`${column} IN (${values.map(() => '?').join(', ')})`, [...values]]);
  };
  if (filters.fromMs !== undefined) where.push(['opened_at_ms >= ?', [filters.fromMs]]);
  if (filters.toMs !== undefined) where.push(['opened_at_ms < ?', [filters.toMs]]);
  oneOf('event_type', filters.eventTypes);
  oneOf('camera_id', filters.cameraIds);
  oneOf('district', filters.districts);
  oneOf('review_state', filters.reviewStates);
  if (filters.zoneId !== undefined) where.push(['zone_id = ?', [filters.zoneId]]);
  if (filters.ruleId !== undefined) where.push(['rule_id = ?', [filters.ruleId]]);
  if (filters.status !== undefined) where.push(['status = ?', [filters.status]]);
  if (filters.held !== undefined) where.push(['publication = ?', [filters.held ? 'held' : 'open']]);
  return where;
}

function toCursor(incident: Incident): string {
  return Buffer.from(`${incident.openedAtMs}:${incident.incidentId}`).toString('base64url');
}

function parseCursor(cursor: string): { openedAtMs: number; incidentId: string } {
  const [time = '', incidentId = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(':');
  if (!/^\d{1,16}$/.test(time) || !isId(incidentId)) {
    throw new StreetwatchError('incident.invalid', 'the cursor is none that this program gave');
  }
  return { openedAtMs: Number(time), incidentId };
}
