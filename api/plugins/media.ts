/** Evidence files: only through authorisation, with range requests, each look in the audit log. */

import { Type } from 'typebox';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join, normalize, sep } from 'node:path';
import type { FastifyRequest } from 'fastify';
import { ZipFile } from 'yazl';
import { StreetwatchError } from '../../core/index.ts';
import type { EvidenceItem, Incident } from '../../incidents/index.ts';
import { callerOf } from '../auth/guard.ts';
import { audit } from '../context.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { Id } from '../contract/index.ts';
import { incidentView } from '../incident-view.ts';
import { incidentFor, IncidentParams } from './incidents.ts';

const EvidenceParams = Type.Object({ incidentId: Id, evidenceId: Type.Integer({ minimum: 1 }) });
/** A player asks for many ranges of one clip; within this time they are one look. */
const ONE_LOOK_MS = 10 * 60_000;
const MOST_LOOKS = 10_000;

/** Routes of evidence under `/api/incidents/:incidentId`. */
export function mediaRoutes(app: ApiApp, context: ApiContext): void {
  const looks = new LookLog(context);

  app.get(
    '/api/incidents/:incidentId/evidence/:evidenceId',
    {
      config: { access: 'evidence.read' },
      schema: { summary: 'An evidence file; supports Range', tags: ['evidence'], params: EvidenceParams },
    },
    (request, reply) => {
      const incident = incidentFor(context, request, request.params.incidentId);
      const item = context.incidents
        .evidence(incident.incidentId)
        .find((one) => one.evidenceId === request.params.evidenceId);
      if (!item) throw new StreetwatchError('api.not-found', 'there is no such evidence');
      looks.note(request, incident, item);
      return reply
        .header('cache-control', 'private, max-age=3600, immutable')
        .header('etag', `"${item.sha256}"`)
        .header('content-security-policy', "default-src 'none'; sandbox")
        .type(item.mediaType)
        .sendFile(safePath(item.path), context.evidenceDir, {
          contentType: false,
          etag: false,
          cacheControl: false,
        });
    },
  );

  app.get(
    '/api/incidents/:incidentId/cover',
    {
      config: { access: 'evidence.read' },
      schema: {
        summary: 'The still that stands for the incident in lists',
        tags: ['evidence'],
        params: IncidentParams,
      },
    },
    (request, reply) => {
      const incident = incidentFor(context, request, request.params.incidentId);
      const item = coverOf(context.incidents.evidence(incident.incidentId));
      if (!item) throw new StreetwatchError('api.not-found', 'there is no still of this incident yet');
      looks.note(request, incident, item);
      // Not cached for long: the confirmation replaces the arrival as the cover.
      return reply
        .header('cache-control', 'private, max-age=10')
        .type(item.mediaType)
        .sendFile(safePath(item.path), context.evidenceDir, { contentType: false, cacheControl: false });
    },
  );

  bundleRoute(app, context);
}

/** The still without overlay that shows most: confirmation, else a moment, else arrival. */
export function coverOf(items: readonly EvidenceItem[]): EvidenceItem | undefined {
  for (const role of ['confirmation', 'moment', 'arrival', 'close_up']) {
    const item =
      items.find((one) => one.role === role && !one.overlay) ?? items.find((one) => one.role === role);
    if (item) return item;
  }
  return undefined;
}

function bundleRoute(app: ApiApp, context: ApiContext): void {
  app.get(
    '/api/incidents/:incidentId/bundle.zip',
    {
      config: { access: 'evidence.read' },
      schema: {
        summary: 'Case bundle: all evidence, the incident with its revisions, and the hashes',
        tags: ['evidence'],
        params: IncidentParams,
      },
    },
    async (request, reply) => {
      const incident = incidentFor(context, request, request.params.incidentId);
      const items = context.incidents.evidence(incident.incidentId);
      const detail = JSON.stringify(context.incidents.detail(incident, incidentView(incident)), undefined, 2);
      const zip = new ZipFile();
      const hashes: string[] = [];
      const mtime = new Date(incident.updatedAtMs);
      for (const item of items) {
        const path = join(context.evidenceDir, safePath(item.path));
        const name = `evidence/${String(item.evidenceId)}-${basename(item.path)}`;
        const size = await stat(path).then(
          (s) => s.size,
          () => undefined,
        );
        if (size === undefined)
          throw new StreetwatchError('api.not-found', `the file of evidence ${item.evidenceId} is gone`);
        // Stills and clips are compressed already.
        zip.addReadStreamLazy(name, { compress: false, size, mtime }, (give) =>
          give(null, createReadStream(path)),
        );
        hashes.push(`${item.sha256}  ${name}`);
      }
      zip.addBuffer(Buffer.from(detail), 'incident.json', { mtime });
      hashes.push(`${createHash('sha256').update(detail).digest('hex')}  incident.json`);
      // The format of sha256sum, so that `sha256sum -c SHA256SUMS` proves the bundle.
      zip.addBuffer(Buffer.from(`${hashes.join('\n')}\n`), 'SHA256SUMS', { mtime });
      zip.end();
      audit(context, request, {
        action: 'evidence.bundle',
        objectType: 'incident',
        objectId: incident.incidentId,
        details: { files: items.length, revision: incident.revision },
      });
      return reply
        .header(
          'content-disposition',
          `attachment; filename="incident-${incident.incidentId}-r${incident.revision}.zip"`,
        )
        .header('cache-control', 'no-store')
        .type('application/zip')
        .send(zip.outputStream);
    },
  );
}

/** A stored path that stays inside the evidence folder; the store holds only such, this is the second lock. */
function safePath(path: string): string {
  const clean = normalize(path);
  if (clean.startsWith('..') || clean.startsWith(sep) || clean.includes(`${sep}..${sep}`)) {
    throw new StreetwatchError('api.not-found', 'there is no such evidence');
  }
  return clean;
}

/** Writes a look at evidence once, not once per range. */
class LookLog {
  private readonly seen = new Map<string, number>();
  private readonly context: ApiContext;

  constructor(context: ApiContext) {
    this.context = context;
  }

  note(request: FastifyRequest, incident: Incident, item: EvidenceItem): void {
    const caller = callerOf(request);
    const key = `${caller.sessionHash ?? caller.tokenId ?? ''} ${item.evidenceId}`;
    const nowMs = this.context.clock.monotonicMs();
    const last = this.seen.get(key);
    if (last !== undefined && nowMs - last < ONE_LOOK_MS) return;
    this.seen.delete(key);
    this.seen.set(key, nowMs);
    if (this.seen.size > MOST_LOOKS) this.seen.delete(this.seen.keys().next().value!);
    audit(this.context, request, {
      action: 'evidence.view',
      objectType: 'incident',
      objectId: incident.incidentId,
      details: { evidenceId: item.evidenceId, role: item.role, sha256: item.sha256 },
    });
  }
}
