/** Zones and rules: drafts, publication with live effect, versions, differences, roll-back. */

import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { StreetwatchError } from '../../core/index.ts';
import { ruleKinds } from '../../rules/index.ts';
import { audit, cameraFor } from '../context.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import {
  NoContent,
  Publish,
  PublishedRuleSet,
  RollBack,
  RuleDocument,
  RuleKinds,
  RuleSetDiff,
  RuleSetDraft,
  SaveDraft,
  VersionFacts,
} from '../contract/index.ts';
import type { PublishedRuleSet as Published, RuleSetDocument } from '../contract/index.ts';
import { etagOf, versionFromIfMatch } from '../etag.ts';
import { problemsOf } from '../rule-problems.ts';
import { diffRuleSets } from '../rule-set-diff.ts';
import { ruleConfigsOf, RULES_OVERTAKEN } from '../store/rule-sets.ts';
import { applyThenStore, assertRead, authorOf, DiffQuery, oneAtATime } from '../versioned.ts';
import { CameraParams } from './cameras.ts';

const VersionParams = Type.Object({ ...CameraParams.properties, version: Type.Integer({ minimum: 1 }) });

/** Routes under `/api/cameras/:cameraId/rules` and `/api/rule-kinds`. */
export function ruleRoutes(app: ApiApp, context: ApiContext): void {
  app.get(
    '/api/rule-kinds',
    {
      config: { access: 'rules.read' },
      schema: {
        summary:
          'Rule kinds with the schema of their parameters, and the schema of what every rule has beside them',
        tags: ['rules'],
        response: { 200: RuleKinds },
      },
    },
    () => ({
      timeZone: context.timeZone,
      rule: JSON.parse(JSON.stringify(RuleDocument)) as Record<string, unknown>,
      items: [...ruleKinds.values()].map(({ kind, params }) => ({
        kind,
        params: JSON.parse(JSON.stringify(params)) as Record<string, unknown>,
      })),
    }),
  );
  readRoutes(app, context);
  draftRoutes(app, context);
  publishRoutes(app, context);
}

function readRoutes(app: ApiApp, context: ApiContext): void {
  const { ruleSets } = context.store;

  app.get(
    '/api/cameras/:cameraId/rules',
    {
      config: { access: 'rules.read' },
      schema: {
        summary: 'The published zones and rules',
        tags: ['rules'],
        params: CameraParams,
        response: { 200: PublishedRuleSet },
      },
    },
    (request, reply) => {
      const current = currentOf(context, request, request.params.cameraId);
      void reply.header('etag', etagOf(current.version));
      return current;
    },
  );

  app.get(
    '/api/cameras/:cameraId/rules/versions',
    {
      config: { access: 'rules.read' },
      schema: {
        summary: 'All versions, newest first',
        tags: ['rules'],
        params: CameraParams,
        response: { 200: Type.Object({ items: Type.Array(VersionFacts) }) },
      },
    },
    (request) => ({
      items: ruleSets.versions(cameraFor(context, request, request.params.cameraId).cameraId),
    }),
  );

  app.get(
    '/api/cameras/:cameraId/rules/versions/:version',
    {
      config: { access: 'rules.read' },
      schema: {
        summary: 'One version',
        tags: ['rules'],
        params: VersionParams,
        response: { 200: PublishedRuleSet },
      },
    },
    (request) => versionOf(context, request, request.params.cameraId, request.params.version),
  );

  app.get(
    '/api/cameras/:cameraId/rules/diff',
    {
      config: { access: 'rules.read' },
      schema: {
        summary: 'What changed between two versions',
        tags: ['rules'],
        params: CameraParams,
        querystring: DiffQuery,
        response: { 200: RuleSetDiff },
      },
    },
    (request) => {
      const { from, to } = request.query;
      const before = versionOf(context, request, request.params.cameraId, from);
      const after = versionOf(context, request, request.params.cameraId, to);
      return { from, to, changes: diffRuleSets(before.document, after.document) };
    },
  );
}

function draftRoutes(app: ApiApp, context: ApiContext): void {
  const { ruleSets } = context.store;

  app.get(
    '/api/cameras/:cameraId/rules/draft',
    {
      config: { access: 'rules.write' },
      schema: {
        summary: 'The draft, with what would keep it from being published',
        tags: ['rules'],
        params: CameraParams,
        response: { 200: RuleSetDraft },
      },
    },
    (request, reply) => {
      const { cameraId } = cameraFor(context, request, request.params.cameraId);
      const draft = ruleSets.draft(cameraId);
      if (!draft) throw new StreetwatchError('api.not-found', 'there is no draft');
      void reply.header('etag', etagOf(draft.revision));
      return { ...draft, problems: problemsOf(context, cameraId, draft.document) };
    },
  );

  app.put(
    '/api/cameras/:cameraId/rules/draft',
    {
      config: { access: 'rules.write' },
      schema: {
        summary: 'Save the draft; If-Match is the ETag of the draft, or "0" when there is none',
        tags: ['rules'],
        params: CameraParams,
        body: SaveDraft,
        response: { 200: RuleSetDraft },
      },
    },
    (request, reply) => {
      const { cameraId } = cameraFor(context, request, request.params.cameraId);
      const revision = versionFromIfMatch(request);
      const draft = context.store.transaction(() => {
        ruleSets.saveDraft(cameraId, revision, request.body.document, authorOf(request));
        audit(context, request, { action: 'rules.draft', objectType: 'camera', objectId: cameraId });
        return ruleSets.draft(cameraId)!;
      });
      void reply.header('etag', etagOf(draft.revision));
      return { ...draft, problems: problemsOf(context, cameraId, draft.document) };
    },
  );

  app.delete(
    '/api/cameras/:cameraId/rules/draft',
    {
      config: { access: 'rules.write' },
      schema: {
        summary: 'Throw the draft of If-Match away',
        tags: ['rules'],
        params: CameraParams,
        response: { 204: NoContent },
      },
    },
    (request, reply) => {
      const { cameraId } = cameraFor(context, request, request.params.cameraId);
      const revision = versionFromIfMatch(request);
      context.store.transaction(() => {
        if ((ruleSets.draft(cameraId)?.revision ?? 0) !== revision) {
          throw new StreetwatchError(
            'api.if-match-failed',
            'the draft was changed by somebody else since it was read',
          );
        }
        ruleSets.dropDraft(cameraId);
        audit(context, request, { action: 'rules.draft-drop', objectType: 'camera', objectId: cameraId });
      });
      void reply.code(204);
      return null;
    },
  );
}

function publishRoutes(app: ApiApp, context: ApiContext): void {
  // The check, the live change and the stored version belong together.
  const inTurn = oneAtATime();

  app.put(
    '/api/cameras/:cameraId/rules',
    {
      config: { access: 'rules.write' },
      schema: {
        summary: 'Publish zones and rules with a note; they work at once, other cameras go on untouched',
        tags: ['rules'],
        params: CameraParams,
        body: Publish,
        response: { 200: PublishedRuleSet },
      },
    },
    (request, reply) =>
      inTurn(async () => {
        const before = currentOf(context, request, request.params.cameraId);
        const { document, note } = request.body;
        const published = await publish(context, request, before, {
          document,
          note,
          action: 'rules.publish',
        });
        void reply.header('etag', etagOf(published.version));
        return published;
      }),
  );

  app.post(
    '/api/cameras/:cameraId/rules/roll-back',
    {
      config: { access: 'rules.write' },
      schema: {
        summary: 'Publish an older version again, as a new version',
        tags: ['rules'],
        params: CameraParams,
        body: RollBack,
        response: { 200: PublishedRuleSet },
      },
    },
    (request, reply) =>
      inTurn(async () => {
        const before = currentOf(context, request, request.params.cameraId);
        const { document } = versionOf(context, request, before.cameraId, request.body.version);
        const { note } = request.body;
        const published = await publish(context, request, before, {
          document,
          note,
          action: 'rules.roll-back',
        });
        void reply.header('etag', etagOf(published.version));
        return published;
      }),
  );
}

async function publish(
  context: ApiContext,
  request: FastifyRequest,
  before: Published,
  wish: { document: RuleSetDocument; note: string; action: string },
): Promise<Published> {
  const { cameraId } = before;
  const { ruleSets } = context.store;
  const { document, note, action } = wish;
  assertRead(request, before.version, RULES_OVERTAKEN);
  const problems = problemsOf(context, cameraId, document);
  if (problems.length > 0) throw new StreetwatchError('rule.invalid', problems.join('; '));
  const work = (set: Parameters<typeof ruleConfigsOf>[1]) =>
    context.rules.apply(cameraId, ruleConfigsOf(cameraId, set));
  return applyThenStore({
    apply: () => work(ruleSets.next(cameraId, document)),
    takeBack: () => work(before),
    store: () =>
      context.store.transaction(() => {
        const author = authorOf(request);
        const published = ruleSets.publish(cameraId, { document, note, author, basedOn: before.version });
        const details = {
          version: published.version,
          note,
          changes: diffRuleSets(before.document, document),
        };
        audit(context, request, { action, objectType: 'camera', objectId: cameraId, details });
        return published;
      }),
  });
}

/** The published rules of a camera that the caller may see. @throws StreetwatchError `api.not-found`. */
export function currentOf(context: ApiContext, request: FastifyRequest, cameraId: string): Published {
  const camera = cameraFor(context, request, cameraId);
  const current = context.store.ruleSets.current(camera.cameraId);
  if (!current) throw new StreetwatchError('api.not-found', 'this camera has no rules yet');
  return current;
}

function versionOf(
  context: ApiContext,
  request: FastifyRequest,
  cameraId: string,
  version: number,
): Published {
  const camera = cameraFor(context, request, cameraId);
  const found = context.store.ruleSets.version(camera.cameraId, version);
  if (!found) throw new StreetwatchError('api.not-found', 'there is no such version');
  return found;
}
