/** The parameters of a rule from the schema of its kind: ranges, defaults and help texts are the schema's. */

import { useState } from 'react';
import type { RuleDocument } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import type { Schema } from './json-schema.ts';

export function RuleForm(props: {
  rule: RuleDocument;
  schema: Schema | undefined;
  readOnly: boolean;
  onChange: (rule: RuleDocument) => void;
  /** Begins to draw one more mask of the rule. */
  onDrawMask: () => void;
}) {
  const { rule, readOnly, onChange } = props;
  const properties = props.schema?.properties ?? {};
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
          kind={rule.kind}
          name={name}
          schema={schema}
          value={rule.params[name]}
          readOnly={readOnly}
          onChange={(value) => set(name, value)}
          onDraw={props.onDrawMask}
        />
      ))}
    </div>
  );
}

interface ParamProps {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly schema: Schema;
  /** `undefined`: the default counts. */
  readonly value: unknown;
  readonly readOnly: boolean;
  readonly onChange: (value: unknown) => void;
  readonly onDraw: () => void;
}

function Param(props: ParamProps) {
  const { t, span, param, help } = useWords();
  const { id, kind, name, schema, value } = props;
  const shown = value ?? schema.default;
  const title = param(`${kind}.${name}`) ?? nameOf(name);
  return (
    <div className={`param ${value === undefined ? '' : 'param-set'}`}>
      <label htmlFor={id}>
        {title} <span className="mono hint">{name}</span>
        {name.endsWith('S') && typeof shown === 'number' && shown >= 60 && (
          <span className="hint number"> = {span(shown * 1000)}</span>
        )}
      </label>
      <Input {...props} />
      <small className="hint" id={`${id}-help`}>
        {help(`${kind}.${name}`, schema.description)}{' '}
        {schema.default !== undefined && (
          <em className="number">
            {t('rules.default', { value: plain(schema.default) })}
            {schema.minimum !== undefined && schema.maximum !== undefined
              ? ` (${schema.minimum}–${schema.maximum})`
              : ''}
          </em>
        )}
      </small>
    </div>
  );
}

/** `coveredGraceS` as `Covered grace (s)`. */
function nameOf(parameter: string): string {
  const unit = /(?<=[a-z])(S|Ms|Px)$/.exec(parameter)?.[0];
  const bare = parameter.slice(0, parameter.length - (unit?.length ?? 0)).replace(/Norm$/, '');
  const words = bare.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return unit === undefined ? title : `${title} (${unit.toLowerCase()})`;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function wordsOf(schema: Schema | undefined): readonly string[] | undefined {
  const all = schema?.enum ?? schema?.anyOf?.map((one) => one.const);
  return all?.every((one) => typeof one === 'string') === true ? all : undefined;
}

function Input(props: ParamProps) {
  const { t, word: translated } = useWords();
  const label = (word: string): string => translated('label', word);
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
  if (props.name === 'masks') return <Masks {...props} />;
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
          <option key={word} value={word}>
            {label(word)}
          </option>
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
            {label(word)}
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

/** Polygons that are drawn on the picture. */
function Masks({ id, value, readOnly, onChange, onDraw }: ParamProps) {
  const { t } = useWords();
  const masks = Array.isArray(value) ? (value as unknown[]) : [];
  return (
    <span className="choices" id={id} role="group" aria-describedby={`${id}-help`}>
      {masks.map((_mask, i) => (
        <button
          key={i}
          type="button"
          disabled={readOnly}
          aria-label={`${t('ui.delete')} ${i + 1}`}
          onClick={() => onChange(masks.length === 1 ? undefined : masks.toSpliced(i, 1))}
        >
          {i + 1} ×
        </button>
      ))}
      {!readOnly && (
        <button type="button" onClick={onDraw}>
          {t('exempt.draw')}
        </button>
      )}
    </span>
  );
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
