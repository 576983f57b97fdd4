/** Onset and clearing of one fault: a doubtful picture now and then neither raises nor clears anything. */

import { Type, type Static } from 'typebox';

/** How long a fault must hold to be raised, and be gone to be cleared, milliseconds. */
export interface Timing {
  /** Raising it silences passing causes (a bus before the lens); lowering it reports sooner. */
  readonly onsetMs: number;
  /** Raising it joins a fault that comes and goes; lowering it lets the rules work again sooner. */
  readonly clearMs: number;
}

export const faultTimerState = Type.Object({
  active: Type.Boolean(),
  /** Evidence for and against, milliseconds; each eats up the other twice as fast. */
  forMs: Type.Number(),
  againstMs: Type.Number(),
  /** Looks that said so in a row of evidence. */
  looks: Type.Integer(),
  /** Wall time since when it has been so. */
  sinceMs: Type.Number(),
});
export type FaultTimer = Static<typeof faultTimerState>;

/** A look after a longer pause than this counts only this much. */
const MAX_STEP_MS = 5000;
/** However slow the pictures come, this many must agree. */
const MIN_LOOKS = 3;

export function newFaultTimer(): FaultTimer {
  return { active: false, forMs: 0, againstMs: 0, looks: 0, sinceMs: 0 };
}

/**
 * Takes one look.
 * @param verdict whether the fault is seen; `undefined` when this picture cannot tell: the timer stands.
 */
export function look(
  timer: FaultTimer,
  verdict: boolean | undefined,
  at: { readonly atMs: number; readonly stepMs: number; readonly timing: Timing },
): 'raised' | 'cleared' | undefined {
  if (verdict === undefined) return undefined;
  const stepMs = Math.min(MAX_STEP_MS, Math.max(0, at.stepMs));
  // The side that contradicts the present state gathers evidence, the other one takes it away.
  const changes = verdict !== timer.active;
  const gathered = timer.active ? timer.againstMs : timer.forMs;
  const level = changes ? gathered + (timer.looks === 0 ? 0 : stepMs) : Math.max(0, gathered - 2 * stepMs);
  if (changes && timer.looks === 0) timer.sinceMs = at.atMs;
  timer.looks = changes ? timer.looks + 1 : level === 0 ? 0 : timer.looks;
  const needMs = timer.active ? at.timing.clearMs : at.timing.onsetMs;
  const turned = changes && level >= needMs && timer.looks >= MIN_LOOKS;
  timer.forMs = turned || timer.active ? 0 : level;
  timer.againstMs = turned || !timer.active ? 0 : level;
  if (!turned) return undefined;
  timer.active = !timer.active;
  timer.looks = 0;
  return timer.active ? 'raised' : 'cleared';
}
