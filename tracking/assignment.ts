/** Best one-to-one matching of tracks and detections over the few pairs that are possible at all. */

/** A possible pair and what it costs; lower is better, at most {@link MAX_COST} in size. */
export interface Pair {
  readonly row: number;
  readonly column: number;
  readonly cost: number;
}

/**
 * Largest cost in size; a pair that costs more, or NaN, is not possible. The search below ends only while every sum of
 * costs is a number, so what makes costs of broken boxes must not be able to hang the camera's thread.
 */
export const MAX_COST = 1e9;

/** Largest dense problem that is solved exactly; a denser crowd is matched greedily, so that time stays bounded. */
const MAX_EXACT_CELLS = 65_536;

/**
 * Matches as many rows and columns as possible at the least total cost, using only the given pairs.
 *
 * Pairs fall apart into connected components, which are nearly always tiny; each is solved exactly by shortest
 * augmenting paths (Jonker and Volgenant 1987, Computing 38; in the form of Crouse 2016, IEEE TAES 52(4)).
 * The result does not depend on the order of the pairs as long as no two solutions cost the same.
 */
export function assign(
  given: readonly Pair[],
  rows: number,
  columns: number,
): [row: number, column: number][] {
  const pairs = given.every(isPossible) ? given : given.filter(isPossible);
  if (pairs.length === 0) return [];
  const parent = new Int32Array(rows + columns);
  for (let i = 0; i < parent.length; i++) parent[i] = i;
  const find = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root]!;
    while (parent[i] !== root) {
      const next = parent[i]!;
      parent[i] = root;
      i = next;
    }
    return root;
  };
  for (const { row, column } of pairs) parent[find(row)] = find(rows + column);
  const components = new Map<number, Pair[]>();
  for (const pair of pairs) {
    const root = find(pair.row);
    const component = components.get(root);
    if (component === undefined) components.set(root, [pair]);
    else component.push(pair);
  }
  const matched: [number, number][] = [];
  for (const component of components.values()) solveComponent(component, matched);
  return matched;
}

/** Comparisons with NaN are false, so NaN falls out too. */
function isPossible({ cost }: Pair): boolean {
  return Math.abs(cost) <= MAX_COST;
}

function solveComponent(pairs: readonly Pair[], matched: [number, number][]): void {
  if (pairs.length === 1) {
    matched.push([pairs[0]!.row, pairs[0]!.column]);
    return;
  }
  const rowIds = [...new Set(pairs.map((pair) => pair.row))];
  const columnIds = [...new Set(pairs.map((pair) => pair.column))];
  if (rowIds.length * columnIds.length > MAX_EXACT_CELLS) {
    solveGreedily(pairs, matched);
    return;
  }
  // Rows are the smaller side, as the augmenting paths need; impossible cells cost more than any full matching.
  const flip = rowIds.length > columnIds.length;
  const small = flip ? columnIds : rowIds;
  const large = flip ? rowIds : columnIds;
  const smallAt = new Map(small.map((id, i) => [id, i]));
  const largeAt = new Map(large.map((id, i) => [id, i]));
  const span = pairs.reduce((most, pair) => Math.max(most, Math.abs(pair.cost)), 0) + 1;
  const impossible = span * (small.length + 1) * 2;
  const cost = new Float64Array(small.length * large.length).fill(impossible);
  for (const pair of pairs) {
    const i = smallAt.get(flip ? pair.column : pair.row)!;
    const j = largeAt.get(flip ? pair.row : pair.column)!;
    cost[i * large.length + j] = pair.cost;
  }
  for (const [i, j] of shortestAugmentingPaths(cost, small.length, large.length).entries()) {
    if (cost[i * large.length + j]! < impossible) {
      matched.push(flip ? [large[j]!, small[i]!] : [small[i]!, large[j]!]);
    }
  }
}

/** Column of each row in the least-cost assignment of `n` rows to `m >= n` columns. */
function shortestAugmentingPaths(cost: Float64Array, n: number, m: number): Int32Array {
  const u = new Float64Array(n + 1);
  const v = new Float64Array(m + 1);
  const rowOfColumn = new Int32Array(m + 1);
  const way = new Int32Array(m + 1);
  const least = new Float64Array(m + 1);
  const used = new Uint8Array(m + 1);
  for (let row = 1; row <= n; row++) {
    rowOfColumn[0] = row;
    least.fill(Number.POSITIVE_INFINITY);
    used.fill(0);
    let column = 0;
    do {
      used[column] = 1;
      const i = rowOfColumn[column]!;
      let delta = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let j = 1; j <= m; j++) {
        if (used[j] === 1) continue;
        const reduced = cost[(i - 1) * m + j - 1]! - u[i]! - v[j]!;
        if (reduced < least[j]!) {
          least[j] = reduced;
          way[j] = column;
        }
        if (least[j]! < delta) {
          delta = least[j]!;
          next = j;
        }
      }
      for (let j = 0; j <= m; j++) {
        if (used[j] === 1) {
          u[rowOfColumn[j]!] = u[rowOfColumn[j]!]! + delta;
          v[j] = v[j]! - delta;
        } else least[j] = least[j]! - delta;
      }
      column = next;
    } while (rowOfColumn[column] !== 0);
    while (column !== 0) {
      const previous = way[column]!;
      rowOfColumn[column] = rowOfColumn[previous]!;
      column = previous;
    }
  }
  const columnOfRow = new Int32Array(n);
  for (let j = 1; j <= m; j++) if (rowOfColumn[j]! > 0) columnOfRow[rowOfColumn[j]! - 1] = j - 1;
  return columnOfRow;
}

function solveGreedily(pairs: readonly Pair[], matched: [number, number][]): void {
  const sorted = [...pairs].sort((a, b) => a.cost - b.cost || a.row - b.row || a.column - b.column);
  const rows = new Set<number>();
  const columns = new Set<number>();
  for (const { row, column } of sorted) {
    if (rows.has(row) || columns.has(column)) continue;
    rows.add(row);
    columns.add(column);
    matched.push([row, column]);
  }
}
