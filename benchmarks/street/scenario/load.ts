/** Reads a scenario file and says clearly, with line and column, what is wrong with it. */

import { readFileSync } from 'node:fs';
import { Value } from 'typebox/value';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';

import { StreetwatchError } from '../../../core/index.ts';
import { type Scenario, ScenarioSchema } from './schema.ts';

/** @throws StreetwatchError `clip.invalid` that lists every fault of the file with its line and column. */
export function loadScenario(path: string): Scenario {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new StreetwatchError('clip.invalid', `The scenario ${path} cannot be read.`, { cause });
  }
  return parseScenario(text, path);
}

/** @param source name of the file, for messages. */
export function parseScenario(text: string, source: string): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const syntax = document.errors[0];
  if (syntax !== undefined)
    throw new StreetwatchError('clip.invalid', `${source}: ${syntax.message}`, { cause: syntax });
  const value: unknown = document.toJS();
  const known = Value.Check(ScenarioSchema, value);
  const faults = known ? meaningFaults(value) : shapeFaults(value);
  if (known && faults.length === 0) return value;
  const listed = faults.map(({ path, text: fault }) => `${source}:${place(document, lines, path)}: ${fault}`);
  throw new StreetwatchError('clip.invalid', listed.join('\n'));
}

interface Fault {
  readonly path: readonly string[];
  readonly text: string;
}

/** Faults of form. A union reports every branch, so only its deepest complaints are kept. */
function shapeFaults(value: unknown): Fault[] {
  const found = Value.Errors(ScenarioSchema, value)
    .filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'boolean')
    .map((error) => {
      const path = error.instancePath.split('/').slice(1);
      const unknown = error.keyword === 'additionalProperties' && 'additionalProperties' in error.params;
      const keys = unknown ? ` (${String(error.params.additionalProperties)})` : '';
      return { path, text: `${path.join('.') || 'the file'} ${error.message}${keys}` };
    })
    .filter(({ path }) => !isForeignBranch(value, path));
  return found.filter((fault, index) => found.findIndex(({ text }) => text === fault.text) === index);
}

/** Complaints about `kind` stem from the other branches of a union when the kind is one that exists. */
function isForeignBranch(value: unknown, path: readonly string[]): boolean {
  return path.at(-1) === 'kind' && typeof at(value, path) === 'string' && KINDS.has(String(at(value, path)));
}

const KINDS = new Set(
  'car bus truck tricycle motorcycle bicycle person garbage bin fire traffic-light drop corrupt stall clock-jump'.split(
    ' ',
  ),
);

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (part, key) => (typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined),
    value,
  );
}

/** Faults that a schema cannot see: names used twice, knots out of order, carriers that are nobody. */
function meaningFaults(scenario: Scenario): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  const claim = (name: string, path: string[]) => {
    if (seen.has(name)) faults.push({ path, text: `the id "${name}" is used twice` });
    seen.add(name);
  };
  scenario.actors.forEach((actor, index) => {
    const path = ['actors', String(index)];
    claim(actor.id, [...path, 'id']);
    actor.route.forEach(([time], knot) => {
      const before = actor.route[knot - 1]?.[0];
      if (before !== undefined && time <= before) {
        faults.push({
          path: [...path, 'route', String(knot)],
          text: `the knot at ${time} s is not after the one before it`,
        });
      }
    });
  });
  const persons = new Set(scenario.actors.flatMap((actor) => (actor.kind === 'person' ? [actor.id] : [])));
  scenario.things.forEach((thing, index) => {
    const path = ['things', String(index)];
    claim(thing.id, [...path, 'id']);
    if (thing.kind !== 'garbage') return;
    if (thing.at === undefined && thing.carried === undefined) {
      faults.push({ path, text: 'garbage needs "at" or "carried"' });
    }
    thing.carried?.forEach(({ by }, carry) => {
      if (!persons.has(by)) {
        faults.push({
          path: [...path, 'carried', String(carry)],
          text: `"${by}" is not a person of this scenario`,
        });
      }
    });
  });
  scenario.zones.forEach((zone, index) => claim(zone.id, ['zones', String(index), 'id']));
  return faults;
}

function place(document: Document, lines: LineCounter, path: readonly string[]): string {
  for (let length = path.length; length >= 0; length--) {
    const keys = path.slice(0, length).map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    const node: unknown = document.getIn(keys, true);
    if (isNode(node) && node.range !== undefined && node.range !== null) {
      const { line, col } = lines.linePos(node.range[0]);
      return `${line}:${col}`;
    }
  }
  return '1:1';
}
