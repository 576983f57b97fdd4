/** Reads a scenario file and says clearly, with line and column, what is wrong with it. */

import { readFileSync } from 'node:fs';
import type { TObject, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';

import { StreetwatchError } from '../../../core/index.ts';
import { type Fault, meaningFaults } from './meaning.ts';
import { ActorSchema, type Scenario, ScenarioSchema, ServingFaultSchema, ThingSchema } from './schema.ts';

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

/** Faults of form. Of a list whose entries may be of several kinds, each entry is held against its own kind only. */
function shapeFaults(value: unknown): Fault[] {
  const entries = ENTRIES.flatMap(([list, kinds]) => {
    const items = at(value, [list]);
    return Array.isArray(items)
      ? items.flatMap((item: unknown, index) => entryFaults([list, String(index)], item, kinds))
      : [];
  });
  const isOfEntry = ({ path }: Fault) =>
    path.length > 1 && ENTRIES.some(([list]) => list === path[0]) && Array.isArray(at(value, [path[0]!]));
  return [...faultsOf(ScenarioSchema, value, []).filter((fault) => !isOfEntry(fault)), ...entries];
}

/** The lists whose entries are told apart by `kind`. */
const ENTRIES: readonly (readonly [string, readonly TObject[]])[] = [
  ['actors', ActorSchema.anyOf],
  ['things', ThingSchema.anyOf],
  ['serving', ServingFaultSchema.anyOf],
];

function entryFaults(path: readonly string[], item: unknown, kinds: readonly TObject[]): Fault[] {
  const own = kinds.find((schema) => Value.Check(schema.properties['kind']!, at(item, ['kind'])));
  if (own !== undefined) return faultsOf(own, item, path);
  const known = kinds.flatMap((schema) => namesOf(schema.properties['kind']!));
  const kindPath = [...path, 'kind'];
  return [{ path: kindPath, text: `${kindPath.join('.')} must be one of ${known.join(', ')}` }];
}

function namesOf(kind: object): string[] {
  if ('const' in kind) return [String(kind.const)];
  return 'enum' in kind && Array.isArray(kind.enum) ? kind.enum.map(String) : [];
}

function faultsOf(schema: TSchema, value: unknown, prefix: readonly string[]): Fault[] {
  return Value.Errors(schema, value)
    .filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'boolean')
    .map((error) => {
      const path = [...prefix, ...error.instancePath.split('/').slice(1)];
      return { path, text: `${path.join('.') || 'the file'} ${error.message}${detailOf(error)}` };
    });
}

function detailOf(error: { keyword: string; params: object }): string {
  if ('additionalProperties' in error.params) return ` (${String(error.params.additionalProperties)})`;
  const allowed = 'allowedValues' in error.params ? error.params.allowedValues : undefined;
  return Array.isArray(allowed) ? ` (${allowed.join(', ')})` : '';
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (part, key) => (typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined),
    value,
  );
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
