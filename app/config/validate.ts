/** Turns the findings of the schema validator into sentences with a place. */

import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Locator, Path, Problem } from './problems.ts';
import { pathOfPointer } from './problems.ts';

/** What the validator says of one place. */
interface Finding {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: Record<string, unknown>;
  readonly message: string;
}

const UNITS: Record<string, string> = {
  '>=': 'at least',
  '<=': 'at most',
  '>': 'more than',
  '<': 'less than',
};

/**
 * All problems of `value` against `schema`.
 *
 * @param base where `value` stands in the file.
 */
export function schemaProblems(schema: TSchema, value: unknown, locate: Locator, base: Path = []): Problem[] {
  const findings = Compile(schema).Errors(value) as unknown as Finding[];
  const problems: Problem[] = [];
  const choices = new Map<string, Finding[]>();
  for (const finding of findings) {
    const path = [...base, ...pathOfPointer(finding.instancePath, value)];
    const inChoice = /\/anyOf\/\d+$/.test(finding.schemaPath);
    if (inChoice || finding.keyword === 'const') {
      // What each branch of a choice misses is told as one problem, when the choice as a whole comes.
      choices.set(finding.instancePath, [...(choices.get(finding.instancePath) ?? []), finding]);
      continue;
    }
    switch (finding.keyword) {
      case 'anyOf':
        problems.push(locate.problem(path, choiceMessage(choices.get(finding.instancePath) ?? [])));
        break;
      case 'enum':
        problems.push(
          locate.problem(path, `must be one of ${(finding.params['allowedValues'] as unknown[]).join(', ')}`),
        );
        break;
      case 'additionalProperties':
        for (const key of finding.params['additionalProperties'] as string[]) {
          const known = knownKeys(schema, finding.schemaPath);
          problems.push(
            locate.problem([...path, key], `unknown key "${key}"${suggestion(key, known)}`, 'key'),
          );
        }
        break;
      case 'required':
        for (const key of finding.params['requiredProperties'] as string[]) {
          problems.push(locate.problem(path, `the key "${key}" is missing`));
        }
        break;
      case 'boolean': // otherwise the detail of an unknown key, which is reported as such
        if (finding.schemaPath.endsWith('/additionalItems'))
          problems.push(locate.problem(path, 'is one entry too many'));
        break;
      case 'pattern':
        problems.push(locate.problem(path, patternMessage(schema, finding)));
        break;
      default:
        problems.push(locate.problem(path, plainMessage(finding)));
    }
  }
  return problems;
}

/** E.g. `must be at least 1 or one of strict, standard`. */
function choiceMessage(branches: readonly Finding[]): string {
  const constants = branches.filter(({ keyword }) => keyword === 'const');
  const values = constants.map(({ params }) => String(params['allowedValue']));
  const rest = branches
    .filter(({ keyword, schemaPath }) => {
      const ofConstant = constants.some((constant) => constant.schemaPath === schemaPath);
      return keyword !== 'const' && keyword !== 'anyOf' && !ofConstant;
    })
    .map((branch) => plainMessage(branch).replace(/^must be /, ''));
  return `must be ${[...new Set(rest), ...(values.length > 0 ? [`one of ${values.join(', ')}`] : [])].join(' or ')}`;
}

function plainMessage(finding: Finding): string {
  const { comparison, limit, type } = finding.params;
  if (typeof comparison === 'string' && limit !== undefined)
    return `must be ${UNITS[comparison] ?? comparison} ${Number(limit)}`;
  if (finding.keyword === 'type') return `must be ${JSON.stringify(type).replaceAll('"', '')}`;
  if (finding.keyword === 'minItems' || finding.keyword === 'maxItems') {
    return finding.keyword === 'minItems'
      ? `needs at least ${String(limit)} entries`
      : `may have at most ${String(limit)} entries`;
  }
  return finding.message;
}

function patternMessage(schema: TSchema, finding: Finding): string {
  const description = at(schema, finding.schemaPath)?.['description'];
  return typeof description === 'string' ? `is not allowed. ${description}` : finding.message;
}

function knownKeys(schema: TSchema, schemaPath: string): string[] {
  const properties = at(schema, schemaPath)?.['properties'];
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

function at(schema: TSchema, schemaPath: string): Record<string, unknown> | undefined {
  let here: unknown = schema;
  for (const step of schemaPath.split('/').slice(1))
    here = (here as Record<string, unknown> | undefined)?.[step];
  return here as Record<string, unknown> | undefined;
}

/** The nearest known key by edit distance, when it is near enough to be a slip. */
function suggestion(key: string, known: readonly string[]): string {
  const ranked = known
    .map((name) => ({ name, distance: editDistance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (best !== undefined && best.distance <= Math.max(1, Math.floor(best.name.length / 3)))
    return `; did you mean "${best.name}"?`;
  return known.length > 0 ? `; known keys: ${known.join(', ')}` : '';
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
