/** Counts incidents for supervision: by group and span of time, the bulletin's figures, repeat places. */

import { DateTime } from 'luxon';
import { assertNever } from '../core/index.ts';
import type { Incident } from '../incidents/index.ts';
import type { Statistics, StatisticsQuery, StatisticsRow } from './contract/index.ts';

/** What to count, and by what. */
export interface StatisticsRequest {
  readonly fromMs: number;
  readonly toMs: number;
  readonly by: StatisticsQuery['by'];
  readonly step?: StatisticsQuery['step'];
  readonly lang: 'zh' | 'en';
  /** IANA zone of days, weeks and months. */
  readonly timeZone: string;
  readonly districtName: (incident: Incident) => { id: string; name: string };
  /** What the city's platform said about the case of an incident, oldest first. */
  readonly caseEvents: (incidentId: string) => readonly CaseEvent[];
  /** Time limits up to this moment have passed. */
  readonly nowMs: number;
}

/** One message of case feedback. */
export interface CaseEvent {
  readonly state: string;
  readonly atMs: number;
  /** Time limit of the case, where the platform gives one. */
  readonly dueAtMs?: number;
}

interface Total {
  reported: number;
  confirmed: number;
  dismissed: number;
  duplicates: number;
  filed: number;
  closed: number;
  due: number;
  closedInTime: number;
}

interface Tally {
  row: StatisticsRow;
  reviewMs: number[];
}

const MOST_PLACES = 50;
const FILED = new Set(['filed', 'dispatched', 'handled', 'closed', 'returned']);

/** Goes through the incidents once. */
export function countStatistics(incidents: Iterable<Incident>, request: StatisticsRequest): Statistics {
  const tallies = new Map<string, Tally>();
  const places = new Map<string, Statistics['repeatPlaces'][number]>();
  const total: Total = {
    reported: 0,
    confirmed: 0,
    dismissed: 0,
    duplicates: 0,
    filed: 0,
    closed: 0,
    due: 0,
    closedInTime: 0,
  };
  for (const incident of incidents) {
    const group = groupOf(incident, request);
    const period =
      request.step === undefined
        ? undefined
        : periodOf(incident.openedAtMs ?? 0, request.step, request.timeZone);
    const key = JSON.stringify([period ?? '', group.id]);
    let tally = tallies.get(key);
    if (!tally) {
      tally = { row: emptyRow(group, period), reviewMs: [] };
      tallies.set(key, tally);
    }
    count(tally, incident);
    countPlace(places, incident);
    total.reported++;
    if (incident.review.state === 'confirmed') total.confirmed++;
    if (incident.review.state === 'dismissed') total.dismissed++;
    if (incident.review.state === 'duplicate') total.duplicates++;
    if (incident.dispatch !== undefined)
      countCase(total, request.caseEvents(incident.incidentId), request.nowMs);
  }
  const rows = [...tallies.values()].map(finish);
  rows.sort(
    (a, b) =>
      (b.period ?? '').localeCompare(a.period ?? '') ||
      b.incidents - a.incidents ||
      a.group.localeCompare(b.group),
  );
  return {
    fromMs: request.fromMs,
    toMs: request.toMs,
    rows,
    bulletin: bulletinOf(total),
    repeatPlaces: [...places.values()]
      .filter((place) => place.incidents > 1)
      .sort((a, b) => b.incidents - a.incidents || b.lastAtMs - a.lastAtMs)
      .slice(0, MOST_PLACES),
  };
}

function groupOf(incident: Incident, request: StatisticsRequest): { id: string; name: string } {
  const { camera, place, category } = incident;
  switch (request.by) {
    case 'type':
      return { id: incident.eventType, name: request.lang === 'zh' ? category.titleZh : category.titleEn };
    case 'district':
      return request.districtName(incident);
    case 'department':
      return { id: category.domain, name: category.domain };
    case 'camera':
      return { id: camera.cameraId, name: camera.name };
    case 'rule':
      return { id: `${camera.cameraId}/${place.ruleId}`, name: `${camera.name} · ${place.ruleId}` };
    case 'zone':
      return { id: `${camera.cameraId}/${place.zoneId}`, name: `${camera.name} · ${place.zoneName}` };
    default:
      return assertNever(request.by);
  }
}

function periodOf(atMs: number, step: NonNullable<StatisticsQuery['step']>, timeZone: string): string {
  const local = DateTime.fromMillis(atMs, { zone: timeZone });
  switch (step) {
    case 'day':
      return local.toFormat('yyyy-MM-dd');
    case 'week':
      return local.toFormat("kkkk-'W'WW");
    case 'month':
      return local.toFormat('yyyy-MM');
    default:
      return assertNever(step);
  }
}

function emptyRow(group: { id: string; name: string }, period: string | undefined): StatisticsRow {
  return {
    ...(period === undefined ? {} : { period }),
    group: group.id,
    groupName: group.name,
    incidents: 0,
    confirmed: 0,
    dismissed: 0,
    duplicates: 0,
    pending: 0,
    open: 0,
  };
}

function count({ row, reviewMs }: Tally, incident: Incident): void {
  const { review } = incident;
  row.incidents++;
  if (incident.status === 'open') row.open++;
  switch (review.state) {
    case 'pending':
      row.pending++;
      break;
    case 'confirmed':
      row.confirmed++;
      break;
    case 'dismissed':
      row.dismissed++;
      break;
    case 'duplicate':
      row.duplicates++;
      break;
    default:
      assertNever(review.state);
  }
  if (review.state !== 'pending' && review.atMs !== undefined && incident.openedAtMs !== undefined) {
    reviewMs.push(Math.max(0, review.atMs - incident.openedAtMs));
  }
}

function countPlace(places: Map<string, Statistics['repeatPlaces'][number]>, incident: Incident): void {
  if (incident.review.state === 'dismissed' || incident.review.state === 'duplicate') return;
  const { camera, place, eventType } = incident;
  const key = JSON.stringify([camera.cameraId, place.zoneId, eventType]);
  const known = places.get(key);
  places.set(key, {
    cameraId: camera.cameraId,
    cameraName: camera.name,
    zoneId: place.zoneId,
    zoneName: place.zoneName,
    eventType,
    incidents: (known?.incidents ?? 0) + 1,
    lastAtMs: Math.max(known?.lastAtMs ?? 0, incident.openedAtMs ?? 0),
  });
}

function finish({ row, reviewMs }: Tally): StatisticsRow {
  const decided = row.confirmed + row.dismissed;
  const sorted = reviewMs.sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  return {
    ...row,
    ...(decided === 0 ? {} : { precision: row.confirmed / decided }),
    ...(median === undefined ? {} : { medianReviewMs: Math.round(median) }),
  };
}

/** A case is due (应结案) once its time limit has passed or it is closed; cases without a limit are never due. */
function countCase(total: Total, events: readonly CaseEvent[], nowMs: number): void {
  const closedAtMs = events.findLast((event) => event.state === 'closed')?.atMs;
  const dueAtMs = events.findLast((event) => event.dueAtMs !== undefined)?.dueAtMs;
  if (events.some((event) => FILED.has(event.state))) total.filed++;
  if (closedAtMs !== undefined) total.closed++;
  if (dueAtMs === undefined || (closedAtMs === undefined && dueAtMs > nowMs)) return;
  total.due++;
  if (closedAtMs !== undefined && closedAtMs <= dueAtMs) total.closedInTime++;
}

function bulletinOf(total: Total): Statistics['bulletin'] {
  const decided = total.confirmed + total.dismissed + total.duplicates;
  return {
    reported: total.reported,
    accepted: total.reported - total.dismissed - total.duplicates,
    filed: total.filed,
    closed: total.closed,
    due: total.due,
    closedInTime: total.closedInTime,
    ...(total.filed === 0 ? {} : { closingRate: total.closed / total.filed }),
    ...(total.due === 0 ? {} : { inTimeRate: total.closedInTime / total.due }),
    ...(total.reported === 0 ? {} : { repeatRate: total.duplicates / total.reported }),
    ...(decided === 0 ? {} : { validRate: total.confirmed / decided }),
  };
}

const HEADS = {
  zh: [
    '时段',
    '编号',
    '名称',
    '上报',
    '属实',
    '误报',
    '重复',
    '待审核',
    '未消除',
    '准确率',
    '审核用时中位数(秒)',
  ],
  en: [
    'period',
    'id',
    'name',
    'incidents',
    'confirmed',
    'dismissed',
    'duplicates',
    'pending',
    'open',
    'precision',
    'median_review_s',
  ],
} as const;

/** The rows as CSV (RFC 4180) with a byte-order mark, so that spreadsheets read the Chinese. */
export function statisticsCsv(statistics: Statistics, lang: 'zh' | 'en'): string {
  const lines = statistics.rows.map((row) => [
    row.period ?? '',
    row.group,
    row.groupName,
    row.incidents,
    row.confirmed,
    row.dismissed,
    row.duplicates,
    row.pending,
    row.open,
    row.precision === undefined ? '' : row.precision.toFixed(4),
    row.medianReviewMs === undefined ? '' : (row.medianReviewMs / 1000).toFixed(1),
  ]);
  return `\uFEFF${[HEADS[lang], ...lines].map((line) => line.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

/** A leading `=`, `+`, `-` or `@` would be a formula in a spreadsheet (OWASP, CSV injection). */
function csvCell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
