/** Incidents as the API needs them: the store to read, the service to decide, the sequence to follow. */

import type {
  EvidenceItem,
  Incident,
  IncidentFilters,
  IncidentPage,
  IncidentService,
  IncidentStore,
} from '../incidents/index.ts';
import { StreetwatchError } from '../core/index.ts';
import type { Decision, IncidentDetail, IncidentView } from './contract/index.ts';
import { evidenceView, incidentView, revisionView } from './incident-view.ts';

/** Reads incidents, and takes decisions to the service, which makes each a published revision. */
export class IncidentDesk {
  private readonly store: IncidentStore;
  private readonly service: Pick<IncidentService, 'review'>;

  constructor(store: IncidentStore, service: Pick<IncidentService, 'review'>) {
    this.store = store;
    this.service = service;
  }

  /** An incident that has been raised; a mere candidate is none. */
  find(incidentId: string): Incident | undefined {
    const incident = this.store.get(incidentId);
    return incident && incident.status !== 'candidate' ? incident : undefined;
  }

  list(filters: IncidentFilters, limit: number, cursor?: string): IncidentPage {
    return this.store.list({ filters, limit, ...(cursor === undefined ? {} : { cursor }) });
  }

  count(filters: IncidentFilters): number {
    return this.store.count(filters);
  }

  /** All incidents of a span, page by page, so that memory stays bounded by what the visitor keeps. */
  *each(filters: IncidentFilters): Generator<Incident> {
    for (let cursor: string | undefined; ;) {
      const page = this.list(filters, 500, cursor);
      yield* page.incidents;
      cursor = page.nextCursor;
      if (cursor === undefined) return;
    }
  }

  evidence(incidentId: string): readonly EvidenceItem[] {
    return this.store.evidence(incidentId);
  }

  feedback(incidentId: string): Record<string, unknown>[] {
    return this.store.feedback(incidentId).map((event) => ({ ...event }));
  }

  detail(incident: Incident, view: IncidentView): IncidentDetail {
    const { incidentId } = incident;
    return {
      incident: view,
      revisions: this.store.revisions(incidentId).map(revisionView),
      evidence: this.evidence(incidentId).map(evidenceView),
      missing: this.store.missingEvidence(incidentId).map((one) => ({ ...one })),
      feedback: this.feedback(incidentId),
    };
  }

  /**
   * Records a decision on the revision that the person saw.
   * @throws StreetwatchError `api.invalid`, `incident.not-found`, `incident.conflict`, `incident.invalid`.
   */
  decide(incidentId: string, decision: Decision, by: string, seenRevision: number): Incident {
    const { state, reason, note, duplicateOf } = decision;
    if (state === 'dismissed' && reason === undefined) {
      throw new StreetwatchError('api.invalid', 'a dismissal needs a reason');
    }
    if (state === 'duplicate' && duplicateOf === undefined) {
      throw new StreetwatchError('api.invalid', 'a duplicate needs the incident that it repeats');
    }
    const text = [reason, note?.trim()].filter((part) => part !== undefined && part !== '').join(': ');
    return this.service.review(incidentId, {
      verb: VERBS[state],
      by,
      expectedRevision: seenRevision,
      ...(text === '' ? {} : { reason: text }),
      ...(duplicateOf === undefined ? {} : { duplicateOf }),
    });
  }

  view(incident: Incident): IncidentView {
    return incidentView(incident);
  }
}

const VERBS = {
  confirmed: 'confirm',
  dismissed: 'dismiss',
  duplicate: 'duplicate',
  pending: 'reset',
} as const;
