/** What keeps a document of zones and rules from being published. */

import { polygonProblem, StreetwatchError } from '../core/index.ts';
import { createRules } from '../rules/index.ts';
import type { ApiContext } from './context.ts';
import type { RuleSetDocument } from './contract/index.ts';
import { ruleConfigsOf } from './store/rule-sets.ts';

/** Everything that is wrong with a document, each as one sentence. */
export function problemsOf(context: ApiContext, cameraId: string, document: RuleSetDocument): string[] {
  const problems: string[] = [];
  const twice = (ids: readonly string[]): string | undefined => ids.find((id, i) => ids.indexOf(id) !== i);
  const zoneTwice = twice(document.zones.map((zone) => zone.zoneId));
  if (zoneTwice !== undefined) problems.push(`zone ${zoneTwice} is there twice`);
  for (const zone of document.zones) {
    const problem = polygonProblem(zone.polygon);
    if (problem !== undefined) problems.push(`zone ${zone.zoneId}: ${problem}`);
  }
  if (problems.length > 0) return problems;
  try {
    createRules(ruleConfigsOf(cameraId, context.store.ruleSets.next(cameraId, document)));
  } catch (error) {
    if (!(error instanceof StreetwatchError)) throw error;
    problems.push(error.message);
  }
  return problems;
}
