/** Replay: what a changed document would have done in the last hours, and the recorded pictures to judge it by. */

import { Type } from 'typebox';
import { StreetwatchError } from '../../core/index.ts';
import type { ReplayPair } from '../../rules/index.ts';
import { audit, cameraFor } from '../context.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { ReplayResult, ReplayWish, TimeMs } from '../contract/index.ts';
import type { ReplayedPair } from '../contract/index.ts';
import { problemsOf } from '../rule-problems.ts';
import { ruleConfigsOf } from '../store/rule-sets.ts';
import { oneAtATime } from '../versioned.ts';
import type { InTurn } from '../versioned.ts';
import { CameraParams } from './cameras.ts';
import { currentOf } from './rules.ts';

const HOUR_MS = 3_600_000;
/** Waiting for their turn, the one that runs included. */
const MOST_AT_ONCE = 4;
const MOST_STILLS = 12;
const MOST_ITEMS = 500;
/** An incident that was seen first within so long of a replayed event, of one rule and camera, is that event. */
const SAME_EVENT_MS = 3_000;

const FootageQuery = Type.Object(
  { atMs: TimeMs, width: Type.Optional(Type.Integer({ minimum: 64, maximum: 3840, default: 960 })) },
  { additionalProperties: false },
);

/** Routes under `/api/cameras/:cameraId/rules/replay` and `…/footage.jpg`. */
export function replayRoutes(app: ApiApp, context: ApiContext): void {
  const inTurn = turns(MOST_AT_ONCE);
  // Each picture is an ffmpeg: one after the other, whoever asks.
  const stillInTurn = turns(MOST_STILLS);

  app.post(
    '/api/cameras/:cameraId/rules/replay',
    {
      config: { access: 'rules.write' },
      schema: {
        summary: 'What this document would have raised in the last hours, beside what the published one does',
        tags: ['rules'],
        params: CameraParams,
        body: ReplayWish,
        response: { 200: ReplayResult },
      },
    },
    async (request, reply) => {
      const published = currentOf(context, request, request.params.cameraId);
      const { cameraId, version } = published;
      const { document, hours } = request.body;
      const problems = problemsOf(context, cameraId, document);
      if (problems.length > 0) throw new StreetwatchError('rule.invalid', problems.join('; '));
      const toMs = Math.round(context.clock.nowMs());
      const fromMs = toMs - hours * HOUR_MS;
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const before = ruleConfigsOf(cameraId, published);
      const after = ruleConfigsOf(cameraId, context.store.ruleSets.next(cameraId, document));
      const wish = { cameraId, before, after, fromMs, toMs };
      const report = await inTurn(async () => {
        gone.signal.throwIfAborted();
        return context.replay.run(wish, gone.signal);
      }).catch((error: unknown) => {
        // Nobody is there to be told that it was ended.
        if (gone.signal.aborted) return undefined;
        throw error;
      });
      if (report === undefined) return void reply.hijack();
      audit(context, request, {
        action: 'rules.replay',
        objectType: 'camera',
        objectId: cameraId,
        details: { version, hours },
      });
      const count = (outcome: ReplayPair['outcome']): number =>
        report.pairs.filter((pair) => pair.outcome === outcome).length;
      const newestFirst = report.pairs.toReversed();
      const items = [
        ...newestFirst.filter((pair) => pair.outcome !== 'both'),
        ...newestFirst.filter((pair) => pair.outcome === 'both'),
      ].slice(0, MOST_ITEMS);
      const known = incidentsOf(context, cameraId, { fromMs, toMs });
      return {
        fromMs,
        toMs,
        version,
        frames: report.frames,
        coveredMs: Math.round(report.coveredMs),
        kept: count('both'),
        lost: count('before'),
        added: count('after'),
        items: items.map((pair) => viewOf(pair, known)),
      };
    },
  );

  app.get(
    '/api/cameras/:cameraId/footage.jpg',
    {
      config: { access: 'rules.write' },
      schema: {
        summary: 'A recorded picture, to judge what a replay found there',
        tags: ['cameras'],
        params: CameraParams,
        querystring: FootageQuery,
      },
    },
    async (request, reply) => {
      const { cameraId } = cameraFor(context, request, request.params.cameraId);
      const { atMs, width } = request.query;
      if (atMs > context.clock.nowMs())
        throw new StreetwatchError('footage.missing', 'this moment is still to come');
      const jpeg = await stillInTurn(async () =>
        reply.raw.destroyed ? undefined : context.cameras.pictureAt(cameraId, atMs, width ?? 960),
      );
      if (jpeg === undefined) return reply.hijack();
      audit(context, request, {
        action: 'footage.view',
        objectType: 'camera',
        objectId: cameraId,
        details: { atMs },
      });
      return reply.header('cache-control', 'no-store').type('image/jpeg').send(Buffer.from(jpeg));
    },
  );
}

/** One after the other; refuses what would wait behind too many. */
function turns(most: number): InTurn {
  const inTurn = oneAtATime();
  let waiting = 0;
  return async (work) => {
    if (waiting >= most) {
      throw new StreetwatchError('api.too-many-requests', 'others are waiting for the same', {
        context: { retryAfterMs: 10_000 },
      });
    }
    waiting += 1;
    try {
      return await inTurn(work);
    } finally {
      waiting -= 1;
    }
  };
}

interface KnownIncident {
  readonly incidentId: string;
  readonly ruleId: string;
  readonly eventType: string;
  readonly firstSeenMs: number;
}

/** What the program raised on this camera then. */
function incidentsOf(
  context: ApiContext,
  cameraId: string,
  span: { fromMs: number; toMs: number },
): KnownIncident[] {
  const found: KnownIncident[] = [];
  for (const { incidentId, place, eventType, firstSeenMs } of context.incidents.each({
    cameraIds: [cameraId],
    ...span,
  })) {
    found.push({ incidentId, ruleId: place.ruleId, eventType, firstSeenMs });
  }
  return found;
}

function viewOf(pair: ReplayPair, known: readonly KnownIncident[]): ReplayedPair {
  const shown = pair.before ?? pair.after!;
  const { eventType, severity, label, box, firstSeenMs, ruleId } = shown;
  const incident = known.find(
    (one) =>
      one.ruleId === ruleId &&
      one.eventType === eventType &&
      Math.abs(one.firstSeenMs - firstSeenMs) <= SAME_EVENT_MS,
  );
  return {
    outcome: pair.outcome,
    eventType,
    severity,
    label,
    box,
    ...(pair.before ? { before: eventOf(pair.before) } : {}),
    ...(pair.after ? { after: eventOf(pair.after) } : {}),
    ...(incident ? { incidentId: incident.incidentId } : {}),
  };
}

function eventOf(episode: NonNullable<ReplayPair['before']>): NonNullable<ReplayedPair['before']> {
  const { ruleId, zoneId, clearedAtMs } = episode;
  return {
    ruleId,
    zoneId,
    raisedAtMs: Math.round(episode.raisedAtMs),
    sinceMs: Math.round(episode.sinceMs),
    ...(clearedAtMs === undefined ? {} : { clearedAtMs: Math.round(clearedAtMs) }),
  };
}
