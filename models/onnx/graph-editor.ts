/** A graph that is being changed: who makes a value, who uses it, and fresh names. */

import { StreetwatchError } from '../../core/index.ts';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from './schema.ts';
import { floatTensor, int64Tensor, tensorValues } from './tensor.ts';

/** Look-ups over a graph. They are built anew after each change, which for a few hundred nodes takes no time. */
export class GraphEditor {
  readonly graph: OnnxGraph;
  private count = 0;

  constructor(graph: OnnxGraph) {
    this.graph = graph;
  }

  /** The node that makes each value. */
  makers(): Map<string, OnnxNode> {
    return new Map(this.graph.node.flatMap((node) => node.output.map((output) => [output, node] as const)));
  }

  /** The nodes that use each value. */
  users(): Map<string, OnnxNode[]> {
    const users = new Map<string, OnnxNode[]>();
    for (const node of this.graph.node) {
      for (const input of new Set(node.input)) {
        const list = users.get(input);
        if (list) list.push(node);
        else users.set(input, [node]);
      }
    }
    return users;
  }

  isOutput(name: string): boolean {
    return this.graph.output.some((output) => output.name === name);
  }

  constant(name: string | undefined): OnnxTensor | undefined {
    return name === undefined ? undefined : this.graph.initializer.find((tensor) => tensor.name === name);
  }

  /** Numbers of a constant, or `undefined` when the value is computed. */
  values(name: string | undefined): number[] | undefined {
    const tensor = this.constant(name);
    return tensor && tensorValues(tensor);
  }

  addFloats(hint: string, dims: readonly number[], values: ArrayLike<number>): string {
    const name = this.fresh(hint);
    this.graph.initializer.push(floatTensor(name, dims, values));
    return name;
  }

  addInts(hint: string, values: readonly number[]): string {
    const name = this.fresh(hint);
    this.graph.initializer.push(int64Tensor(name, [values.length], values));
    return name;
  }

  /** Appends a node with one output and returns the output's name. */
  append(opType: string, input: readonly string[], attribute: OnnxAttribute[] = [], output?: string): string {
    const name = output ?? this.fresh(opType.toLowerCase());
    this.graph.node.push({ opType, input: [...input], output: [name], attribute, name: `${name}_node` });
    return name;
  }

  /** A name that nothing in the graph has. */
  fresh(hint: string): string {
    const taken = this.names();
    let name: string;
    do name = `${hint}_p${this.count++}`;
    while (taken.has(name));
    return name;
  }

  /** Replaces nodes by one that stands in the place of the last of them. */
  replace(old: readonly OnnxNode[], node: OnnxNode): void {
    const last = old.reduce((at, n) => Math.max(at, this.graph.node.indexOf(n)), -1);
    if (last < 0) throw new StreetwatchError('model.invalid', `no ${node.opType} to replace`);
    this.graph.node[last] = node;
    const gone = new Set(old);
    this.graph.node = this.graph.node.filter((n) => !gone.has(n));
  }

  /** Removes nodes and constants that no output depends on. */
  prune(): void {
    const makers = this.makers();
    const needed = new Set<string>();
    const todo = this.graph.output.map((output) => output.name);
    const keep = new Set<OnnxNode>();
    while (todo.length > 0) {
      const name = todo.pop()!;
      if (needed.has(name)) continue;
      needed.add(name);
      const maker = makers.get(name);
      if (!maker) continue;
      keep.add(maker);
      todo.push(...maker.input);
    }
    this.graph.node = this.graph.node.filter((node) => keep.has(node));
    this.graph.initializer = this.graph.initializer.filter((tensor) => needed.has(tensor.name ?? ''));
    this.graph.valueInfo = [];
  }

  private names(): Set<string> {
    const { node, initializer, input } = this.graph;
    return new Set([
      ...node.flatMap((n) => n.output),
      ...initializer.map((tensor) => tensor.name ?? ''),
      ...input.map((value) => value.name),
    ]);
  }
}
