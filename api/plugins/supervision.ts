/** Figures for supervision as JSON or CSV. */

import { StreetwatchError } from '../../core/index.ts';
import { callerOf } from '../auth/guard.ts';
import { audit } from '../context.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { Statistics, StatisticsQuery } from '../contract/index.ts';
import { countStatistics, statisticsCsv } from '../statistics.ts';
import type { CaseEvent } from '../statistics.ts';
import { filtersOf } from './incidents.ts';

const LONGEST_MS = 400 * 24 * 60 * 60_000;

/** Route `/api/statistics`. */
export function supervisionRoutes(app: ApiApp, context: ApiContext): void {
  app.get(
    '/api/statistics',
    {
      config: { access: 'statistics.read' },
      schema: {
        summary:
          'Incidents counted by group and time, bulletin figures, repeat places; `format=csv` gives the rows',
        tags: ['supervision'],
        querystring: StatisticsQuery,
        response: { 200: Statistics },
      },
    },
    (request, reply) => {
      const { fromMs, toMs, by, step, format, lang = 'zh', district } = request.query;
      if (toMs <= fromMs || toMs - fromMs > LONGEST_MS) {
        throw new StreetwatchError('api.invalid', 'toMs must be after fromMs, by at most 400 days');
      }
      const filters = filtersOf(context, callerOf(request), {
        fromMs,
        toMs,
        ...(district === undefined ? {} : { district: [district] }),
      });
      const statistics = countStatistics(context.incidents.each(filters), {
        fromMs,
        toMs,
        by,
        lang,
        timeZone: context.timeZone,
        ...(step === undefined ? {} : { step }),
        districtName: ({ camera }) => {
          const known = context.cameras.get(camera.cameraId);
          const id = known?.districtId ?? camera.district ?? '';
          return { id, name: known?.districtName ?? camera.district ?? '' };
        },
        caseEvents: (incidentId) => context.incidents.feedback(incidentId).map(toCaseEvent),
        nowMs: context.clock.nowMs(),
      });
      if (format !== 'csv') return statistics;
      audit(context, request, {
        action: 'statistics.export',
        objectType: 'statistics',
        objectId: by,
        details: { fromMs, toMs },
      });
      void reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="streetwatch-${by}.csv"`)
        .serializer((text: unknown) => text as string);
      return statisticsCsv(statistics, lang) as unknown as typeof statistics;
    },
  );
}

function toCaseEvent(event: Readonly<Record<string, unknown>>): CaseEvent {
  const timeOf = (value: unknown): number | undefined => {
    const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(ms) ? undefined : ms;
  };
  const dueAtMs = timeOf(event['dueAt']);
  return {
    state: String(event['state']),
    atMs: timeOf(event['at']) ?? 0,
    ...(dueAtMs === undefined ? {} : { dueAtMs }),
  };
}
