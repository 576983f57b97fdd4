/** The form of a camera, made from the schema of the server; each mistake stands at its field. */

import { useId, useState } from 'react';
import type { CameraSettings } from '../../../api/contract/index.ts';
import { ApiProblem } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { enumWords } from '../zone-editor/json-schema.ts';
import type { Schema } from '../zone-editor/json-schema.ts';

/** What is sent; `cameraId` only of a new camera. */
export interface CameraWish {
  readonly cameraId?: string;
  readonly settings: CameraSettings;
  readonly note: string;
}

/** @param props.settings `undefined` for a new camera. */
export function CameraForm(props: {
  schema: Schema;
  settings: CameraSettings | undefined;
  failure: unknown;
  submitText: string;
  onSubmit: (wish: CameraWish) => void;
}) {
  const { t, word, help, problem, sentence } = useWords();
  const { schema, settings, failure } = props;
  const fields = Object.entries(schema.properties ?? {});
  const [texts, setTexts] = useState<Record<string, string>>(() => startOf(settings));
  const errors = errorsOf(failure);
  const set = (name: string, text: string): void => setTexts((old) => ({ ...old, [name]: text }));
  const field = (name: string, path: string, label: string, of: Schema, required = false) => (
    <Field
      key={name}
      label={label}
      schema={of}
      value={texts[name] ?? ''}
      required={required}
      help={help(`camera.${name}`, of.description)}
      error={errors.has(path) ? sentence(errors.get(path) ?? '') : undefined}
      onChange={(text) => set(name, text)}
    />
  );
  return (
    <form
      className="camera-form boxed"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const cameraId = settings === undefined ? { cameraId: (texts['cameraId'] ?? '').trim() } : {};
        const note = (texts['note'] ?? '').trim();
        props.onSubmit({ ...cameraId, settings: settingsFrom(texts, fields), note });
      }}
    >
      {settings === undefined && field('cameraId', 'cameraId', 'ID', {}, true)}
      {fields.map(([name, of]) =>
        field(name, `settings/${name}`, word('cameraField', name), of, name === 'source'),
      )}
      <div className="form-end">
        {field('note', 'note', t('rules.note'), {}, true)}
        <p className="form-error" role="alert">
          {failure === undefined ? '' : errors.size > 0 ? t('cameraForm.mistakes') : problem(failure)}
        </p>
        <button type="submit" className="primary">
          {props.submitText}
        </button>
      </div>
    </form>
  );
}

function Field(props: {
  label: string;
  schema: Schema;
  value: string;
  required: boolean;
  help: string | undefined;
  error: string | undefined;
  onChange: (text: string) => void;
}) {
  const { t, word } = useWords();
  const id = useId();
  const { schema, error } = props;
  const words = enumWords(schema);
  const common = {
    id,
    value: props.value,
    required: props.required,
    'aria-invalid': error !== undefined,
    'aria-describedby': error === undefined ? `${id}-help` : `${id}-help ${id}-error`,
  };
  const byDefault = typeof schema.default === 'string' || typeof schema.default === 'number';
  return (
    <div className="param">
      <label htmlFor={id}>{props.label}</label>
      {words.length > 0 ? (
        <select {...common} onChange={(event) => props.onChange(event.target.value)}>
          <option value="">—</option>
          {words.map((one) => (
            <option key={one} value={one}>
              {word('option', one)}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          inputMode={schema.type === 'number' ? 'decimal' : 'text'}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
      <small className="hint" id={`${id}-help`}>
        {props.help}{' '}
        {byDefault && (
          <em className="number">{t('rules.default', { value: word('option', String(schema.default)) })}</em>
        )}
      </small>
      {error !== undefined && (
        <small className="form-error" id={`${id}-error`}>
          {error}
        </small>
      )}
    </div>
  );
}

function startOf(settings: CameraSettings | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(settings ?? {}).map(([name, value]) => [name, String(value)]));
}

/** An empty field is left out, so that the server fills its default in; what is no number is sent as it was typed. */
function settingsFrom(
  texts: Readonly<Record<string, string>>,
  fields: readonly (readonly [string, Schema])[],
): CameraSettings {
  const entries = fields.flatMap(([name, { type }]) => {
    const text = (texts[name] ?? '').trim();
    if (text === '') return [];
    return [[name, type === 'number' && Number.isFinite(Number(text)) ? Number(text) : text] as const];
  });
  return { source: '', ...Object.fromEntries(entries) };
}

/** Messages by field: `settings/fps`, `cameraId`, `note`. */
function errorsOf(failure: unknown): Map<string, string> {
  const errors = failure instanceof ApiProblem ? failure.errors : [];
  return new Map(errors.map(({ path, message }) => [path.replace(/^body\//, ''), message]));
}
