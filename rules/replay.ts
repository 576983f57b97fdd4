/** What rules say of tracks that were kept: the way to know what a change would have done before it is published. */

import type { BoxNorm, CameraFault, EventType, RuleSignal, Severity, TrackedFrame } from '../core/index.ts';
import type { RuleConfig } from './rule-config.ts';
import { createRules } from './rule-set.ts';
import type { RuleSet } from './rule-set.ts';

/** A tracked frame with the faults of the camera that were active when it was judged. */
export interface ReplayFrame {
  readonly tracked: TrackedFrame;
  readonly faults: readonly CameraFault[];
}

/** One event that a rule raises, from its first sight to its end. Times are wall times, milliseconds. */
export interface ReplayEpisode {
  readonly episodeId: string;
  readonly ruleId: string;
  readonly zoneId: string;
  readonly eventType: EventType;
  readonly severity: Severity;
  readonly label: string;
  readonly trackIds: readonly string[];
  /** Where it was when it was raised, 0-1 of the picture. */
  readonly box: BoxNorm;
  readonly firstSeenMs: number;
  readonly sinceMs: number;
  readonly raisedAtMs: number;
  /** Left out: it went on to the end of what was kept. */
  readonly clearedAtMs?: number;
}

/**
 * Runs rules over frames one after the other. Without a clock and without I/O: the same frames give the same episodes.
 * The rules start with no memory, as after the first start of a camera.
 */
export class RuleReplay {
  private readonly rules: RuleSet;
  private readonly raised = new Map<string, ReplayEpisode>();

  /** @throws StreetwatchError `rule.invalid`, `zone.invalid`. */
  constructor(configs: readonly RuleConfig[]) {
    this.rules = createRules(configs);
  }

  add({ tracked, faults }: ReplayFrame): void {
    for (const signal of this.rules.evaluate(tracked, { faults })) this.note(signal);
  }

  /** What was raised so far, in the order in which it was. */
  episodes(): ReplayEpisode[] {
    return [...this.raised.values()];
  }

  private note(signal: RuleSignal): void {
    const known = this.raised.get(signal.episodeId);
    if (signal.phase === 'cleared' && known) {
      this.raised.set(signal.episodeId, { ...known, clearedAtMs: signal.atMs });
    } else if (signal.phase === 'raised' && !known) {
      const { episodeId, ruleId, zoneId, eventType, severity, label, trackIds, box } = signal;
      const { firstSeenMs, sinceMs, atMs: raisedAtMs } = signal;
      const what = { episodeId, ruleId, zoneId, eventType, severity, label, trackIds, box };
      this.raised.set(episodeId, { ...what, firstSeenMs, sinceMs, raisedAtMs });
    }
  }
}
