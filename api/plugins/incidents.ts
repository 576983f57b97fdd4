/** Lists and details of incidents, claims, and the decisions of operators. */

import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { StreetwatchError } from '../../core/index.ts';
import type { EventType } from '../../core/index.ts';
import type { Incident, IncidentFilters } from '../../incidents/index.ts';
import { covers } from '../auth/access.ts';
import type { Principal } from '../auth/access.ts';
import { callerOf } from '../auth/guard.ts';
import { audit, visibleCameras } from '../context.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import {
  BulkDecision,
  BulkResult,
  Claim,
  Decision,
  Id,
  IncidentDetail,
  IncidentQuery,
  IncidentView,
  NoContent,
  page,
} from '../contract/index.ts';
import type { Decision as DecisionBody, IncidentQuery as Query } from '../contract/index.ts';
import { etagOf, versionFromIfMatch } from '../etag.ts';
import { incidentView } from '../incident-view.ts';

export const IncidentParams = Type.Object({ incidentId: Id });

/** Whether the caller may see an incident: by its camera, or by the district that it was raised in. */
export function maySee(context: ApiContext, principal: Principal, incident: Incident): boolean {
  const { cameraId, district } = incident.camera;
  const districtId = context.cameras.get(cameraId)?.districtId ?? district ?? '';
  return covers(principal.user.access, { cameraId, districtId });
}

/**
 * The incident of an address, when the caller may see it.
 * @throws StreetwatchError `api.not-found` for unknown ones and for those of others alike.
 */
export function incidentFor(context: ApiContext, request: FastifyRequest, incidentId: string): Incident {
  const incident = context.incidents.find(incidentId);
  if (!incident || !maySee(context, callerOf(request), incident)) {
    throw new StreetwatchError('api.not-found', 'there is no such incident');
  }
  return incident;
}

/** What the store is asked for: the wish of the caller, cut to the cameras that he may see. */
export function filtersOf(
  context: ApiContext,
  principal: Principal,
  query: Omit<Query, 'limit' | 'cursor'>,
): IncidentFilters {
  const { access } = principal.user;
  const limited = !access.all || query.district !== undefined;
  const wanted = new Set(query.camera);
  const visible = visibleCameras(context, principal)
    .filter((camera) => query.district === undefined || query.district.includes(camera.districtId))
    .map((camera) => camera.cameraId);
  // Cameras that were taken out of the configuration are still named by an explicit grant.
  const granted = query.district === undefined ? access.cameras.filter((id) => !visible.includes(id)) : [];
  const reachable = [...visible, ...granted];
  const cameraIds = limited
    ? reachable.filter((id) => query.camera === undefined || wanted.has(id))
    : query.camera;
  return {
    ...(cameraIds === undefined ? {} : { cameraIds }),
    ...(query.fromMs === undefined ? {} : { fromMs: query.fromMs }),
    ...(query.toMs === undefined ? {} : { toMs: query.toMs }),
    ...(query.type === undefined ? {} : { eventTypes: query.type as EventType[] }),
    ...(query.zone === undefined ? {} : { zoneId: query.zone }),
    ...(query.rule === undefined ? {} : { ruleId: query.rule }),
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(query.review === undefined ? {} : { reviewStates: query.review }),
    ...(query.held === undefined ? {} : { held: query.held }),
  };
}

/** Routes under `/api/incidents`. */
export function incidentRoutes(app: ApiApp, context: ApiContext): void {
  app.get(
    '/api/incidents',
    {
      config: { access: 'incidents.read' },
      schema: {
        summary: 'Incidents, newest first',
        tags: ['incidents'],
        querystring: IncidentQuery,
        response: { 200: page(IncidentView) },
      },
    },
    (request) => {
      const { limit = 50, cursor, ...query } = request.query;
      const result = context.incidents.list(filtersOf(context, callerOf(request), query), limit, cursor);
      const claims = context.store.claims.all();
      const items = result.incidents.map((incident) =>
        incidentView(incident, claims.get(incident.incidentId)),
      );
      return result.nextCursor === undefined ? { items } : { items, next: result.nextCursor };
    },
  );

  app.get(
    '/api/incidents/:incidentId',
    {
      config: { access: 'incidents.read' },
      schema: {
        summary: 'One incident with its revisions, evidence and case feedback',
        tags: ['incidents'],
        params: IncidentParams,
        response: { 200: IncidentDetail },
      },
    },
    (request, reply) => {
      const incident = incidentFor(context, request, request.params.incidentId);
      audit(context, request, {
        action: 'incident.view',
        objectType: 'incident',
        objectId: incident.incidentId,
      });
      void reply.header('etag', etagOf(incident.revision));
      const claim = context.store.claims.of(incident.incidentId);
      return context.incidents.detail(incident, incidentView(incident, claim));
    },
  );

  claimRoutes(app, context);
  decisionRoutes(app, context);
}

function claimRoutes(app: ApiApp, context: ApiContext): void {
  app.put(
    '/api/incidents/:incidentId/claim',
    {
      config: { access: 'incidents.review' },
      schema: {
        summary: 'Take or renew the claim on an incident; it lets the last one go',
        tags: ['review'],
        params: IncidentParams,
        response: { 200: Claim },
      },
    },
    (request) => {
      const { user } = callerOf(request);
      const incident = incidentFor(context, request, request.params.incidentId);
      const before = context.store.claims.heldBy(user.userId);
      const claim = context.store.claims.take(incident.incidentId, user);
      if (claim.userId !== user.userId) throw claimedBy(claim.userName);
      if (before !== undefined && before !== incident.incidentId) tellClaim(context, before);
      if (before !== incident.incidentId) tellClaim(context, incident.incidentId);
      return claim;
    },
  );

  app.delete(
    '/api/incidents/:incidentId/claim',
    {
      config: { access: 'incidents.review' },
      schema: {
        summary: 'Let the own claim go',
        tags: ['review'],
        params: IncidentParams,
        response: { 204: NoContent },
      },
    },
    (request, reply) => {
      const incident = incidentFor(context, request, request.params.incidentId);
      context.store.claims.release(incident.incidentId, callerOf(request).user.userId);
      tellClaim(context, incident.incidentId);
      void reply.code(204);
      return null;
    },
  );
}

function decisionRoutes(app: ApiApp, context: ApiContext): void {
  app.post(
    '/api/incidents/:incidentId/review',
    {
      config: { access: 'incidents.review' },
      schema: {
        summary:
          'Decide on the revision of If-Match: a new, published revision; `pending` takes a decision back',
        tags: ['review'],
        params: IncidentParams,
        body: Decision,
        response: { 200: IncidentView },
      },
    },
    (request, reply) => {
      const incident = incidentFor(context, request, request.params.incidentId);
      const seen = versionFromIfMatch(request);
      const after = decide(context, request, incident, request.body, seen);
      void reply.header('etag', etagOf(after.revision));
      return incidentView(after);
    },
  );

  app.post(
    '/api/reviews',
    {
      config: { access: 'incidents.review' },
      schema: {
        summary: 'One decision for many incidents; each is decided or refused by itself',
        tags: ['review'],
        body: BulkDecision,
        response: { 200: BulkResult },
      },
    },
    (request) => ({
      items: request.body.incidentIds.map((incidentId) => {
        try {
          const incident = incidentFor(context, request, incidentId);
          assertOwnToDecide(incident, request);
          const after = decide(context, request, incident, request.body.decision, incident.revision);
          return { incidentId, revision: after.revision };
        } catch (error) {
          if (error instanceof StreetwatchError) return { incidentId, code: error.code };
          throw error;
        }
      }),
    }),
  );
}

function decide(
  context: ApiContext,
  request: FastifyRequest,
  incident: Incident,
  decision: DecisionBody,
  seenRevision: number,
): Incident {
  const { user } = callerOf(request);
  const { incidentId } = incident;
  const claim = context.store.claims.of(incidentId);
  if (claim && claim.userId !== user.userId) throw claimedBy(claim.userName);
  if (decision.duplicateOf !== undefined) incidentFor(context, request, decision.duplicateOf);
  const after = context.incidents.decide(incidentId, decision, user.name, seenRevision);
  audit(context, request, {
    action: 'incident.review',
    objectType: 'incident',
    objectId: incidentId,
    details: { ...decision, seenRevision, revision: after.revision, cameraId: incident.camera.cameraId },
  });
  context.store.claims.release(incidentId, user.userId);
  if (claim) tellClaim(context, incidentId);
  return after;
}

/** Many are decided without the revisions that were seen: what somebody else has decided stays. */
function assertOwnToDecide(incident: Incident, request: FastifyRequest): void {
  const { state, by } = incident.review;
  if (state === 'pending' || by === callerOf(request).user.name) return;
  throw new StreetwatchError('incident.conflict', `${by ?? 'somebody'} has reviewed this incident already`, {
    context: { incidentId: incident.incidentId },
  });
}

function claimedBy(userName: string): StreetwatchError {
  return new StreetwatchError('api.claimed', `${userName} is judging this incident at the moment`, {
    context: { userName },
  });
}

/** Tells the consoles that may see the incident who is judging it now, or that nobody is. */
function tellClaim(context: ApiContext, incidentId: string): void {
  const incident = context.incidents.find(incidentId);
  if (!incident) return;
  const claim = context.store.claims.of(incidentId);
  const data = JSON.stringify({ incidentId, ...(claim ? { claim } : {}) });
  context.feed.broadcast((reader) => {
    const principal = reader.principal();
    return principal && maySee(context, principal, incident) ? { event: 'claim', data } : undefined;
  });
}
