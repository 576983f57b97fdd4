/** Differences between two rule documents, field by field. */

import { isDeepStrictEqual } from 'node:util';
import type { RuleSetChange, RuleSetDocument } from './contract/index.ts';

/** What changed from `before` to `after`: zones first, then rules, each in order of id. */
export function diffRuleSets(before: RuleSetDocument, after: RuleSetDocument): RuleSetChange[] {
  return [
    ...diffById('zone', before.zones, after.zones, (zone) => zone.zoneId),
    ...diffById('rule', before.rules, after.rules, (rule) => rule.ruleId),
  ];
}

function diffById<T extends object>(
  subject: 'zone' | 'rule',
  before: readonly T[],
  after: readonly T[],
  idOf: (item: T) => string,
): RuleSetChange[] {
  const old = new Map(before.map((item) => [idOf(item), item]));
  const now = new Map(after.map((item) => [idOf(item), item]));
  const changes: RuleSetChange[] = [];
  for (const id of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const fields = diffFields(old.get(id), now.get(id));
    if (fields.length === 0) continue;
    changes.push({
      subject,
      id,
      change: !old.has(id) ? 'added' : !now.has(id) ? 'removed' : 'changed',
      fields,
    });
  }
  return changes;
}

function diffFields(before: object | undefined, after: object | undefined): RuleSetChange['fields'] {
  const flat = (value: object | undefined): Map<string, unknown> =>
    new Map(
      Object.entries(value ?? {}).flatMap(([name, field]: [string, unknown]) =>
        name === 'params' && typeof field === 'object' && field !== null
          ? Object.entries(field).map(([key, param]: [string, unknown]) => [`params.${key}`, param] as const)
          : [[name, field] as const],
      ),
    );
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((name) => !isDeepStrictEqual(old.get(name), now.get(name)))
    .map((name) => ({ name, before: old.get(name) ?? null, after: now.get(name) ?? null }));
}
