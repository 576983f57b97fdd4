/** All rule kinds. A new kind is a file in `kinds/` and a line here. */

import { fireSmoke } from './kinds/fire-smoke.ts';
import { illegalParking } from './kinds/illegal-parking.ts';
import { littering } from './kinds/littering.ts';
import type { RuleKind } from './rule.ts';

const kinds = [illegalParking, littering, fireSmoke] as const;

/** Rule kinds by the name that a configuration uses. */
export const ruleKinds: ReadonlyMap<string, RuleKind> = new Map(
  kinds.map((kind) => [kind.kind, kind as unknown as RuleKind]),
);
