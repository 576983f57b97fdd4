/** Reading and proving the audit log. */

import { Type } from 'typebox';
import { messageOf, StreetwatchError } from '../../core/index.ts';
import { callerOf } from '../auth/guard.ts';
import { audit } from '../context.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { AuditEntry, AuditState, Id, page, pageQuery, TimeMs } from '../contract/index.ts';

const AuditQuery = Type.Object(
  {
    ...pageQuery,
    actor: Type.Optional(Id),
    action: Type.Optional(Id),
    objectType: Type.Optional(Id),
    objectId: Type.Optional(Id),
    fromMs: Type.Optional(TimeMs),
    toMs: Type.Optional(TimeMs),
  },
  { additionalProperties: false },
);

/** Routes under `/api/audit`: for administrators with access to everything, since entries name cameras of all districts. */
export function auditRoutes(app: ApiApp, context: ApiContext): void {
  app.get(
    '/api/audit',
    {
      config: { access: 'audit.read' },
      schema: {
        summary: 'Audit entries, newest first',
        tags: ['audit'],
        querystring: AuditQuery,
        response: { 200: page(AuditEntry) },
      },
    },
    (request) => {
      assertAll(callerOf(request).user.access.all);
      const { cursor, limit = 50, actor, ...filter } = request.query;
      const beforeSeq = cursor === undefined ? undefined : Number(cursor);
      if (beforeSeq !== undefined && !Number.isSafeInteger(beforeSeq)) {
        throw new StreetwatchError('api.invalid', 'the cursor is none of ours');
      }
      const items = context.store.audit.list({
        ...filter,
        limit,
        ...(actor === undefined ? {} : { actorId: actor }),
        ...(beforeSeq === undefined ? {} : { beforeSeq }),
      });
      const last = items.at(-1);
      return items.length === limit && last && last.seq > 1 ? { items, next: String(last.seq) } : { items };
    },
  );

  app.post(
    '/api/audit/check',
    {
      config: { access: 'audit.read' },
      schema: { summary: 'Prove the hash chain', tags: ['audit'], response: { 200: AuditState } },
    },
    (request) => {
      assertAll(callerOf(request).user.access.all);
      const head = context.store.audit.head();
      const state = { entries: head.seq, headHash: head.hash };
      try {
        context.store.audit.check();
        audit(context, request, { action: 'audit.check', objectType: 'audit', objectId: String(head.seq) });
        return { ...state, sound: true };
      } catch (error) {
        return { ...state, sound: false, problem: messageOf(error) };
      }
    },
  );
}

function assertAll(all: boolean): void {
  if (!all) throw new StreetwatchError('api.forbidden', 'the audit log needs access to all districts');
}
