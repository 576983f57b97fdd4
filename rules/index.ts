/** Public face of the rules: tracked frames become rule signals. */

export { createRules, RuleSet } from './rule-set.ts';
export type { RuleSetState } from './rule-set.ts';
export type { Exemption, RuleConfig } from './rule-config.ts';
export { ruleKinds } from './registry.ts';
export type { EndReason, LivePlace, Rule, RuleContext, RuleKind, RuleSetup } from './rule.ts';
export { Schedule, scheduleProblem, WEEKDAYS } from './schedule.ts';
export type { ScheduleConfig, ScheduleWindow, Weekday } from './schedule.ts';
export { RuleReplay } from './replay.ts';
export type { ReplayEpisode, ReplayFrame } from './replay.ts';
export { compareReplays, replayChange } from './replay-diff.ts';
export type { ReplayOutcome, ReplayPair, ReplayReport } from './replay-diff.ts';
