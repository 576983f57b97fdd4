/** What a person's decision does to an incident; pure. */

import { StreetwatchError, assertNever } from '../core/index.ts';
import type { Incident, Review, RevisionPhase } from './incident.ts';

export const REVIEW_VERBS = ['confirm', 'dismiss', 'duplicate', 'reset'] as const;
export type ReviewVerb = (typeof REVIEW_VERBS)[number];

export interface ReviewDecision {
  /** `reset` takes a decision back: the incident waits for review again. */
  readonly verb: ReviewVerb;
  readonly by: string;
  readonly reason?: string;
  /** For `duplicate`: the incident that this one repeats. */
  readonly duplicateOf?: string;
  /** The revision that the person saw; the decision is refused when there is a newer review. */
  readonly expectedRevision?: number;
}

/**
 * @param context.exists whether there is an incident of an id.
 * @throws StreetwatchError `incident.not-found`, `incident.conflict`, `incident.invalid`.
 */
export function decideReview(
  current: Incident | undefined,
  decision: ReviewDecision,
  context: { readonly atMs: number; readonly exists: (incidentId: string) => boolean },
): { incident: Incident; phase: RevisionPhase } {
  if (current === undefined || current.status === 'candidate') {
    throw new StreetwatchError('incident.not-found', 'there is no such incident');
  }
  const { incidentId } = current;
  if (decision.by.trim() === '') {
    throw new StreetwatchError('incident.invalid', 'a decision needs the name of who took it', {
      context: { incidentId },
    });
  }
  checkSeen(current, decision);
  checkDuplicate(current, decision, context.exists);
  const review: Review = {
    state: stateOf(decision.verb),
    by: decision.by,
    atMs: context.atMs,
    ...(decision.reason === undefined ? {} : { reason: decision.reason }),
    ...(decision.verb === 'duplicate' && decision.duplicateOf !== undefined
      ? { duplicateOf: decision.duplicateOf }
      : {}),
  };
  const incident: Incident = {
    ...current,
    revision: current.revision + 1,
    review,
    reviewRevision: current.revision + 1,
    // Once published it stays published: a later decision is told like any other revision.
    publication: decision.verb === 'confirm' ? 'open' : current.publication,
  };
  return { incident, phase: phaseOf(decision.verb) };
}

/** Late evidence and updates are no conflict; another person's decision after the one that was seen is. */
function checkSeen(current: Incident, { expectedRevision }: ReviewDecision): void {
  if (expectedRevision === undefined || current.reviewRevision === undefined) return;
  if (current.reviewRevision <= expectedRevision) return;
  throw new StreetwatchError(
    'incident.conflict',
    `${current.review.by ?? 'somebody'} has reviewed this incident in the meantime (${current.review.state})`,
    { context: { incidentId: current.incidentId, revision: current.revision } },
  );
}

function checkDuplicate(current: Incident, decision: ReviewDecision, exists: (id: string) => boolean): void {
  if (decision.verb !== 'duplicate' || decision.duplicateOf === undefined) return;
  if (decision.duplicateOf !== current.incidentId && exists(decision.duplicateOf)) return;
  throw new StreetwatchError('incident.invalid', 'duplicateOf names no other incident', {
    context: { incidentId: current.incidentId },
  });
}

function stateOf(verb: ReviewVerb): Review['state'] {
  switch (verb) {
    case 'confirm':
      return 'confirmed';
    case 'dismiss':
      return 'dismissed';
    case 'duplicate':
      return 'duplicate';
    case 'reset':
      return 'pending';
    default:
      return assertNever(verb);
  }
}

function phaseOf(verb: ReviewVerb): RevisionPhase {
  switch (verb) {
    case 'confirm':
      return 'confirmed';
    case 'dismiss':
    case 'duplicate':
      return 'withdrawn';
    case 'reset':
      return 'updated';
    default:
      return assertNever(verb);
  }
}
