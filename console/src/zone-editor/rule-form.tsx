/** The parameters of a rule from the schema of its kind: ranges, defaults and help texts are the schema's. */

import { useState } from 'react';
import type { RuleDocument } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';

/** The part of JSON Schema that rule kinds use. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

export function RuleForm(props: {
  rule: RuleDocument;
  schema: Record<string, unknown> | undefined;
  readOnly: boolean;
  onChange: (rule: RuleDocument) => void;
}) {
  const { rule, readOnly, onChange } = props;
  const properties = (props.schema as Schema | undefined)?.properties ?? {};
  const set = (name: string, value: unknown): void => {
    const { [name]: _before, ...rest } = rule.params;
    onChange({ ...rule, params: value === undefined ? rest : { ...rest, [name]: value } });
  };
  return (
    <div className="rule-form">
      {Object.entries(properties).map(([name, schema]) => (
        <Param
          key={name}
          id={`${rule.ruleId}-${name}`}
          name={name}
          schema={schema}
          value={rule.params[name]}
          readOnly={readOnly}
          onChange={(value) => set(name, value)}
        />
      ))}
    </div>
  );
}

interface ParamProps {
  readonly id: string;
  readonly name: string;
  readonly schema: Schema;
  /** `undefined`: the default counts. */
  readonly value: unknown;
  readonly readOnly: boolean;
  readonly onChange: (value: unknown) => void;
}

function Param(props: ParamProps) {
  const { t, span } = useWords();
  const { id, name, schema, value } = props;
  const shown = value ?? schema.default;
  return (
    <div className={`param ${value === undefined ? '' : 'param-set'}`}>
      <label htmlFor={id}>
        {name}
        {name.endsWith('Ms') && typeof shown === 'number' && (
          <span className="hint number"> = {span(shown)}</span>
        )}
      </label>
      <Input {...props} />
      <small className="hint" id={`${id}-help`}>
        {schema.description}{' '}
        {schema.default !== undefined && <em>{t('rules.default', { value: plain(schema.default) })}</em>}
      </small>
    </div>
  );
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function wordsOf(schema: Schema | undefined): readonly string[] | undefined {
  const all = schema?.enum ?? schema?.anyOf?.map((one) => one.const);
  return all?.every((one) => typeof one === 'string') === true ? all : undefined;
}

function Input(props: ParamProps) {
  const { t } = useWords();
  const { id, schema, value, readOnly, onChange } = props;
  const help = { id, disabled: readOnly, 'aria-describedby': `${id}-help` };
  if (schema.type === 'number' || schema.type === 'integer') {
    return (
      <input
        {...help}
        type="number"
        min={schema.minimum}
        max={schema.maximum}
        step={schema.type === 'integer' ? 1 : 'any'}
        placeholder={schema.default === undefined ? '' : plain(schema.default)}
        value={typeof value === 'number' ? value : ''}
        onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.valueAsNumber)}
      />
    );
  }
  if (schema.type === 'boolean') {
    return (
      <select
        {...help}
        value={plain(value)}
        onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value === 'true')}
      >
        <option value="">
          {t('rules.default', { value: schema.default === true ? t('ui.yes') : t('ui.no') })}
        </option>
        <option value="true">{t('ui.yes')}</option>
        <option value="false">{t('ui.no')}</option>
      </select>
    );
  }
  const words = wordsOf(schema);
  if (words) {
    return (
      <select
        {...help}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
      >
        <option value="">{t('rules.default', { value: plain(schema.default ?? '') })}</option>
        {words.map((word) => (
          <option key={word}>{word}</option>
        ))}
      </select>
    );
  }
  const many = schema.type === 'array' ? wordsOf(schema.items) : undefined;
  if (many) {
    const chosen = (value ?? schema.default ?? []) as readonly string[];
    return (
      <span className="choices" role="group" id={id} aria-describedby={`${id}-help`}>
        {many.map((word) => (
          <label key={word} className="check">
            <input
              type="checkbox"
              disabled={readOnly}
              checked={chosen.includes(word)}
              onChange={(event) =>
                onChange(event.target.checked ? [...chosen, word] : chosen.filter((one) => one !== word))
              }
            />{' '}
            {word}
          </label>
        ))}
      </span>
    );
  }
  if (schema.anyOf?.some((one) => typeof one.const === 'string' || one.type === 'string') === true)
    return <WordOrNumber {...props} />;
  if (schema.type === 'array' && schema.items?.type === 'string') return <WordList {...props} />;
  return <JsonInput {...props} />;
}

/** A word of a list, or a number: `standard` or `240`. */
function WordOrNumber({ id, schema, value, readOnly, onChange }: ParamProps) {
  const words =
    schema.anyOf?.flatMap((one) =>
      typeof one.const === 'string' ? [one.const] : (one.enum ?? []).map(String),
    ) ?? [];
  return (
    <>
      <input
        id={id}
        list={`${id}-words`}
        disabled={readOnly}
        aria-describedby={`${id}-help`}
        placeholder={schema.default === undefined ? '' : plain(schema.default)}
        value={plain(value)}
        onChange={(event) => {
          const text = event.target.value.trim();
          onChange(text === '' ? undefined : Number.isFinite(Number(text)) ? Number(text) : text);
        }}
      />
      <datalist id={`${id}-words`}>
        {words.map((word) => (
          <option key={word} value={word} />
        ))}
      </datalist>
    </>
  );
}

/** Words that are not from a list, separated by commas. */
function WordList({ id, schema, value, readOnly, onChange }: ParamProps) {
  const [text, setText] = useState(() => (Array.isArray(value) ? value.join(', ') : ''));
  return (
    <input
      id={id}
      disabled={readOnly}
      aria-describedby={`${id}-help`}
      placeholder={Array.isArray(schema.default) ? schema.default.join(', ') : ''}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        const words = event.target.value.split(/[,，\s]+/).filter((one) => one !== '');
        onChange(words.length === 0 ? undefined : words);
      }}
    />
  );
}

/** What has no field of its own is written as JSON. */
function JsonInput({ id, schema, value, readOnly, onChange }: ParamProps) {
  const [text, setText] = useState(() => (value === undefined ? '' : JSON.stringify(value)));
  const [bad, setBad] = useState(false);
  return (
    <textarea
      id={id}
      rows={2}
      disabled={readOnly}
      aria-describedby={`${id}-help`}
      aria-invalid={bad}
      placeholder={schema.default === undefined ? 'JSON' : JSON.stringify(schema.default)}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        try {
          onChange(
            event.target.value.trim() === '' ? undefined : (JSON.parse(event.target.value) as unknown),
          );
          setBad(false);
        } catch {
          setBad(true);
        }
      }}
    />
  );
}
