/** What an author writes for one rule, and the checks that it passes before the rule is made. */

import type { Static, TObject, TSchema } from 'typebox';
import { Check, Clone, Default, Errors } from 'typebox/value';
import { StreetwatchError, polygonProblem } from '../core/index.ts';
import type { PolygonNorm, Zone } from '../core/index.ts';
import type { RuleKind } from './rule.ts';
import { scheduleProblem } from './schedule.ts';
import type { ScheduleConfig } from './schedule.ts';

/**
 * What the rule leaves alone, e.g. deliveries in a bay in the morning. All conditions that are given must hold; an
 * object is then not there for the rule, so its dwell begins when the exemption ends.
 */
export interface Exemption {
  /** Why, in the author's words. */
  readonly name: string;
  /** Part of the picture (bottom-centre decides). Left out: everywhere in the zone. */
  readonly area?: PolygonNorm;
  /** Class names. Left out: all classes. */
  readonly labels?: readonly string[];
  /** When. Left out: always. */
  readonly schedule?: ScheduleConfig;
}

/** One rule on one zone of one camera. */
export interface RuleConfig {
  readonly ruleId: string;
  /** Counts up with every published change. */
  readonly ruleVersion: number;
  /** A key of the registry, e.g. `illegal_parking`. */
  readonly kind: string;
  readonly cameraId: string;
  readonly zone: Zone;
  /** Parameters of the kind; what is left out takes its default. */
  readonly params: Readonly<Record<string, unknown>>;
  /** When the rule watches. Left out: always. */
  readonly schedule?: ScheduleConfig;
  /** `false`: the rule is kept but does nothing. Default `true`. */
  readonly enabled?: boolean;
  readonly exemptions?: readonly Exemption[];
}

/** The parameters with defaults filled in. @throws StreetwatchError `rule.invalid` with every problem. */
export function checkedParams<Schema extends TObject>(
  kind: RuleKind<Schema>,
  config: RuleConfig,
): Static<Schema> {
  const params = Default(kind.params, Clone(config.params));
  const problems = schemaProblems(kind.params, params);
  if (problems.length > 0) throw ruleInvalid(config, `params ${problems.join('; ')}`);
  return params as Static<Schema>;
}

/** Each problem of a value as `/path message`. */
export function schemaProblems(schema: TSchema, value: unknown): string[] {
  if (Check(schema, value)) return [];
  return Errors(schema, value).map((error) => `${error.instancePath || '/'} ${error.message}`);
}

/** @throws StreetwatchError `zone.invalid` or `rule.invalid` when zone, schedule or exemptions are not allowed. */
export function checkRuleFrame(config: RuleConfig): void {
  const problem = polygonProblem(config.zone.polygon);
  if (problem !== undefined) {
    const { cameraId, ruleId } = config;
    throw new StreetwatchError(
      'zone.invalid',
      `zone ${config.zone.zoneId} of rule ${ruleId} on camera ${cameraId}: ${problem}`,
      { context: { cameraId, ruleId, zoneId: config.zone.zoneId } },
    );
  }
  const scheduled = config.schedule === undefined ? undefined : scheduleProblem(config.schedule);
  if (scheduled !== undefined) throw ruleInvalid(config, `schedule: ${scheduled}`);
  for (const exemption of config.exemptions ?? []) {
    const inExemption = exemptionProblem(exemption);
    if (inExemption !== undefined) throw ruleInvalid(config, `exemption ${exemption.name}: ${inExemption}`);
  }
}

function exemptionProblem(exemption: Exemption): string | undefined {
  const { area, labels, schedule } = exemption;
  if (area === undefined && labels === undefined && schedule === undefined) {
    return 'needs an area, labels or a schedule; to stop the rule altogether set enabled to false';
  }
  return (
    (area === undefined ? undefined : polygonProblem(area)) ??
    (labels?.length === 0 ? 'labels is empty' : undefined) ??
    (schedule === undefined ? undefined : scheduleProblem(schedule))
  );
}

/** An error of code `rule.invalid` that names rule and camera. */
export function ruleInvalid(
  config: Pick<RuleConfig, 'ruleId' | 'cameraId'>,
  problem: string,
): StreetwatchError {
  const { ruleId, cameraId } = config;
  return new StreetwatchError('rule.invalid', `rule ${ruleId} on camera ${cameraId}: ${problem}`, {
    context: { ruleId, cameraId },
  });
}

/**
 * Checks saved state against its schema.
 * @throws StreetwatchError `state.invalid`.
 */
export function checkedState<Schema extends TSchema>(
  schema: Schema,
  state: unknown,
  ruleId: string,
): Static<Schema> {
  const problems = schemaProblems(schema, state);
  if (problems.length > 0) {
    throw new StreetwatchError('state.invalid', `saved state of rule ${ruleId}: ${problems[0]}`, {
      context: { ruleId },
    });
  }
  return state as Static<Schema>;
}
