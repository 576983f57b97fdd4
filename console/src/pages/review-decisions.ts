/** Decisions on their way to the server: one, or many of a storm, and how to take them back. */

import type {
  BulkResult,
  DismissReason,
  IncidentView,
  REVIEW_STATE_NAMES,
} from '../../../api/contract/index.ts';
import { ApiProblem, call, get } from '../client.ts';

export interface Wish {
  readonly state: (typeof REVIEW_STATE_NAMES)[number];
  readonly reason?: DismissReason;
  readonly note?: string;
  readonly duplicateOf?: string;
}

/** As many as one request may hold. */
const MOST_AT_ONCE = 200;
/** As many as there are number keys. */
export const MOST_REPEATED = 9;

/** Decides on the revision that was seen. */
export async function decideOn(incident: IncidentView, wish: Wish): Promise<IncidentView> {
  const path = `/api/incidents/${incident.incidentId}/review`;
  return (await call<IncidentView>('POST', path, { body: wish, ifMatch: `"${incident.revision}"` })).body;
}

/**
 * Decides many at once.
 * @returns the ids that were decided, and the first refusal.
 */
export async function decideMany(
  incidentIds: readonly string[],
  decision: Omit<Wish, 'duplicateOf'>,
): Promise<{ decided: string[]; refused: ApiProblem | undefined }> {
  const decided: string[] = [];
  let refused: ApiProblem | undefined;
  for (let i = 0; i < incidentIds.length; i += MOST_AT_ONCE) {
    const body = { incidentIds: incidentIds.slice(i, i + MOST_AT_ONCE), decision };
    const { items } = (await call<BulkResult>('POST', '/api/reviews', { body })).body;
    for (const { incidentId, code } of items) {
      if (code === undefined) decided.push(incidentId);
      else refused ??= new ApiProblem({ code, status: 409, title: code });
    }
  }
  return { decided, refused };
}

/** What an incident may repeat: earlier ones of its type on its camera, newest first, no repetitions themselves. */
export async function repeatable(incident: IncidentView): Promise<IncidentView[]> {
  const { cameraId } = incident.camera;
  const query = `camera=${encodeURIComponent(cameraId)}&type=${incident.eventType}&review=pending&review=confirmed&limit=50`;
  const { items } = await get<{ items: IncidentView[] }>(`/api/incidents?${query}`);
  const atMs = (one: IncidentView): number => one.openedAtMs ?? 0;
  const earlier = items.filter(
    (one) => one.incidentId !== incident.incidentId && atMs(one) <= atMs(incident),
  );
  // Those of the same zone first: a repetition is nearly always at the same place.
  const near = (one: IncidentView): number => (one.zone.zoneId === incident.zone.zoneId ? 0 : 1);
  return earlier.sort((a, b) => near(a) - near(b) || atMs(b) - atMs(a)).slice(0, MOST_REPEATED);
}
