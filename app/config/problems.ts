/** Everything wrong with a configuration file, each with its place and with what would be right. */

import type { LineCounter, Document } from 'yaml';
import { isMap, isNode, isPair, isSeq } from 'yaml';

/** One thing that is wrong. `line` and `column` count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where in the structure, e.g. `cameras[2].zones[0].polygon`. */
  readonly path: string;
  readonly message: string;
}

/** `file:line:column path: message`, as editors and compilers print it. */
export function formatProblem(problem: Problem): string {
  const path = problem.path === '' ? '' : `${problem.path}: `;
  return `${problem.file}:${problem.line}:${problem.column} ${path}${problem.message}`;
}

/** A path into the document: keys and indexes. */
export type Path = readonly (string | number)[];

export function pathOfPointer(pointer: string, value: unknown): Path {
  const path: (string | number)[] = [];
  let here = value;
  for (const raw of pointer.split('/').slice(1)) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = Array.isArray(here) ? Number(key) : key;
    path.push(step);
    here = (here as Record<string | number, unknown> | undefined)?.[step];
  }
  return path;
}

export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}

/** Finds the place of a path in the file; of the nearest enclosing node when the path leads to nothing. */
export class Locator {
  private readonly file: string;
  private readonly document: Document;
  private readonly lines: LineCounter;

  constructor(file: string, document: Document, lines: LineCounter) {
    this.file = file;
    this.document = document;
    this.lines = lines;
  }

  /** @param at `key` points at the key of the last step, `value` at its value. */
  problem(path: Path, message: string, at: 'key' | 'value' = 'value'): Problem {
    const { line, col } = this.lines.linePos(this.offset(path, at));
    return { file: this.file, line, column: col, path: formatPath(path), message };
  }

  private offset(path: Path, at: 'key' | 'value'): number {
    let node: unknown = this.document.contents;
    let offset = startOf(node) ?? 0;
    for (const [depth, step] of path.entries()) {
      const last = depth === path.length - 1;
      if (isMap(node)) {
        const pair = node.items.find(
          (item) => isPair(item) && String((item.key as { value?: unknown })?.value) === String(step),
        );
        if (pair === undefined) return offset;
        const keyOffset = startOf(pair.key) ?? offset;
        if (last && at === 'key') return keyOffset;
        node = pair.value;
        offset = startOf(node) ?? keyOffset;
      } else if (isSeq(node) && typeof step === 'number') {
        node = node.items[step];
        offset = startOf(node) ?? offset;
      } else {
        return offset;
      }
    }
    return offset;
  }
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
