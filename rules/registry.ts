/** All rule kinds. A new kind is a file in `kinds/` and a line here. */

import { illegalParking } from './kinds/illegal-parking.ts';
import type { RuleKind } from './rule.ts';

const kinds = [illegalParking] as const;

/** Rule kinds by the name that a configuration uses. */
export const ruleKinds: ReadonlyMap<string, RuleKind> = new Map(
  kinds.map((kind) => [kind.kind, kind as unknown as RuleKind]),
);
