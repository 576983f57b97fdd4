/** The life of an incident as a pure function: what a rule's signal does to it. */

import { assertNever } from '../core/index.ts';
import type { RuleSignal } from '../core/index.ts';
import type { Incident, RevisionPhase, RevisionReason } from './incident.ts';

/** What happens to the incident of a signal's episode. */
export type Decision =
  | { readonly kind: 'ignore' }
  /** Keep a candidate, unpublished. */
  | { readonly kind: 'candidate' }
  /** The candidate came to nothing: forget it. */
  | { readonly kind: 'discard' }
  /** Revision 1. */
  | { readonly kind: 'open' }
  /** Take over tracks and box without a revision: the same event goes on after a restart or an ID switch. */
  | { readonly kind: 'refresh' }
  | { readonly kind: 'revise'; readonly phase: RevisionPhase; readonly reason: RevisionReason };

const IGNORE: Decision = { kind: 'ignore' };

/**
 * Decides what a signal does.
 *
 * A process that was killed restores rule state that may be older than the last stored signal, so every phase can
 * come again: a second `raised` goes on as the same incident, a second `cleared` says nothing new, and what is not
 * newer than the end of a cleared incident is a repetition. A `sustained` or `raised` of an episode that has ended
 * earlier means that it was not over: the same incident is open again, with reason `reopened`.
 */
export function decide(current: Incident | undefined, signal: RuleSignal): Decision {
  if (current === undefined) return whenUnknown(signal);
  switch (current.status) {
    case 'candidate':
      return whenCandidate(signal);
    case 'open':
      return whenOpen(current, signal);
    case 'cleared':
      return whenCleared(current, signal);
    default:
      return assertNever(current.status);
  }
}

function whenUnknown(signal: RuleSignal): Decision {
  switch (signal.phase) {
    case 'warned':
      return { kind: 'candidate' };
    // A `sustained` without its `raised` means that the store is younger than the rule's state: never lose the event.
    case 'raised':
    case 'sustained':
      return { kind: 'open' };
    case 'cleared':
    case 'dropped':
      return IGNORE;
    default:
      return assertNever(signal.phase);
  }
}

function whenCandidate(signal: RuleSignal): Decision {
  switch (signal.phase) {
    case 'warned':
      return { kind: 'refresh' };
    case 'raised':
    case 'sustained':
      return { kind: 'open' };
    case 'cleared':
    case 'dropped':
      return { kind: 'discard' };
    default:
      return assertNever(signal.phase);
  }
}

function whenOpen(current: Incident, signal: RuleSignal): Decision {
  switch (signal.phase) {
    case 'warned':
    case 'dropped':
      return IGNORE;
    case 'raised':
      return { kind: 'refresh' };
    case 'sustained':
      return signal.atMs > current.updatedAtMs
        ? { kind: 'revise', phase: 'updated', reason: 'rule' }
        : { kind: 'ignore' };
    case 'cleared':
      return { kind: 'revise', phase: 'cleared', reason: 'rule' };
    default:
      return assertNever(signal.phase);
  }
}

function whenCleared(current: Incident, signal: RuleSignal): Decision {
  switch (signal.phase) {
    case 'warned':
    case 'dropped':
    case 'cleared':
      return IGNORE;
    case 'raised':
    case 'sustained':
      return signal.atMs > (current.clearedAtMs ?? 0)
        ? { kind: 'revise', phase: 'updated', reason: 'reopened' }
        : IGNORE;
    default:
      return assertNever(signal.phase);
  }
}
