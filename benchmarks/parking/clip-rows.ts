/** Reads the rows of a clip, `frame,id,x,y,w,h,score,class`, and says by file and line what is wrong with one. */

import { readFileSync } from 'node:fs';
import { StreetwatchError, messageOf } from '../../core/index.ts';
import type { Box } from '../../core/index.ts';

/** One row. A row that is all -1 behind its frame says that the frame was seen and empty: it has no box. */
export interface ClipRow {
  readonly frame: number;
  readonly id: number;
  readonly box: Box | undefined;
  readonly score: number;
  readonly classNumber: number;
}

/** What a field of a row may hold. */
interface Column {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly isWhole?: boolean;
}

/** A day at ten frames a second: every frame up to the last costs memory and time, whether it has a row or not. */
const MAX_FRAME = 864_000;
/** Far beyond any picture, and far below what a sum or an area could not hold. */
const MAX_PX = 100_000;
const LAST_COCO_CLASS = 79;

const COLUMNS: readonly Column[] = [
  { name: 'frame', min: 1, max: MAX_FRAME, isWhole: true },
  { name: 'id', min: -1, max: Number.MAX_SAFE_INTEGER, isWhole: true },
  { name: 'x', min: -MAX_PX, max: MAX_PX },
  { name: 'y', min: -MAX_PX, max: MAX_PX },
  { name: 'w', min: 0, max: MAX_PX },
  { name: 'h', min: 0, max: MAX_PX },
  { name: 'score', min: 0, max: 1 },
  { name: 'class', min: 0, max: LAST_COCO_CLASS, isWhole: true },
];
/** Labels may leave the class of an event open; nothing depends on it. */
const LABEL_COLUMNS = COLUMNS.map((column) => (column.name === 'class' ? { ...column, min: -1 } : column));

/**
 * All rows of a `det.txt` or, with `isLabels`, a `gt.txt`; fields behind the class are ignored.
 * @throws StreetwatchError `clip.invalid` that names file, line and field.
 */
export function readRows(path: string, { isLabels = false } = {}): ClipRow[] {
  const columns = isLabels ? LABEL_COLUMNS : COLUMNS;
  const rows: ClipRow[] = [];
  for (const [i, text] of textOf(path).split('\n').entries()) {
    if (text.trim() === '') continue;
    const row = parseRow(text, columns);
    if (typeof row === 'string') {
      throw new StreetwatchError('clip.invalid', `${path} line ${i + 1}: ${row}`, {
        context: { path, line: i + 1 },
      });
    }
    rows.push(row);
  }
  return rows;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StreetwatchError('clip.invalid', `${path} cannot be read: ${messageOf(error)}`, {
      cause: error,
      context: { path },
    });
  }
}

/** The row, or what is wrong with it. */
function parseRow(text: string, columns: readonly Column[]): ClipRow | string {
  const fields = text.split(',').map((field) => field.trim());
  if (fields.length < columns.length) {
    return `there are ${fields.length} fields, not ${columns.map(({ name }) => name).join(',')}`;
  }
  const isEmpty = fields.slice(1, columns.length).every((field) => Number(field) === -1);
  for (const [i, column] of columns.entries()) {
    if (isEmpty && i > 0) break;
    const problem = problemOf(fields[i]!, column);
    if (problem !== undefined) return problem;
  }
  const n = fields.map(Number);
  const box = isEmpty ? undefined : { x1: n[2]!, y1: n[3]!, x2: n[2]! + n[4]!, y2: n[3]! + n[5]! };
  return { frame: n[0]!, id: n[1]!, box, score: n[6]!, classNumber: n[7]! };
}

function problemOf(field: string, { name, min, max, isWhole = false }: Column): string | undefined {
  // Number('') is 0: a box without a place would lie in the corner.
  if (field === '') return `${name} is empty`;
  const value = Number(field);
  if (value >= min && value <= max && (!isWhole || Number.isInteger(value))) return undefined;
  return `${name} is ${field}, not a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}`;
}
