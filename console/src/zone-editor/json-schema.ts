/** The part of JSON Schema that the forms of rules are made from. */

export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** The schema at a path of properties; `*` is the items of a list. */
export function schemaAt(schema: Schema | undefined, path: string): Schema {
  const found = path
    .split('.')
    .reduce<Schema | undefined>((at, name) => (name === '*' ? at?.items : at?.properties?.[name]), schema);
  return found ?? {};
}

/** The words of an `enum`, or none. */
export function enumWords(schema: Schema): readonly string[] {
  return (schema.enum ?? []).filter((one) => typeof one === 'string');
}
