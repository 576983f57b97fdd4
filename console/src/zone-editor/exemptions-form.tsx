/** What a rule leaves alone: exemptions by area, class and time. */

import { useState } from 'react';
import type { RuleDocument } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import { schemaAt } from './json-schema.ts';
import type { Schema } from './json-schema.ts';
import { ScheduleForm } from './schedule-form.tsx';

type Exemption = NonNullable<RuleDocument['exemptions']>[number];

/** @param schema of the list of exemptions. */
export function ExemptionsForm(props: {
  rule: RuleDocument;
  schema: Schema;
  /** With which a new schedule begins. */
  timeZone: string;
  readOnly: boolean;
  onChange: (rule: RuleDocument) => void;
  /** Begins to draw the area of the exemption at `index`. */
  onDraw: (index: number) => void;
}) {
  const { t, help } = useWords();
  const { rule, schema, readOnly } = props;
  const all = rule.exemptions ?? [];
  const set = (next: readonly Exemption[]): void => {
    const { exemptions: _before, ...rest } = rule;
    props.onChange(next.length === 0 ? rest : { ...rest, exemptions: [...next] });
  };
  return (
    <fieldset className="schedule" aria-describedby={`${rule.ruleId}-exemptions-help`}>
      <legend>{t('exempt.title')}</legend>
      {all.map((exemption, i) => (
        <OneExemption
          key={i}
          id={`${rule.ruleId}-exemption-${i}`}
          exemption={exemption}
          schema={schemaAt(schema, '*')}
          timeZone={props.timeZone}
          readOnly={readOnly}
          onChange={(next) => set(all.with(i, next))}
          onRemove={() => set(all.toSpliced(i, 1))}
          onDraw={() => props.onDraw(i)}
        />
      ))}
      {!readOnly && all.length < (schema.maxItems ?? 20) && (
        <button
          type="button"
          onClick={() => set([...all, { name: `${t('exempt.title')} ${all.length + 1}` }])}
        >
          {t('exempt.add')}
        </button>
      )}
      <small className="hint" id={`${rule.ruleId}-exemptions-help`}>
        {help('rule.exemptions', schemaAt(schema, '*').description)}
      </small>
    </fieldset>
  );
}

function OneExemption(props: {
  id: string;
  exemption: Exemption;
  schema: Schema;
  timeZone: string;
  readOnly: boolean;
  onChange: (exemption: Exemption) => void;
  onRemove: () => void;
  onDraw: () => void;
}) {
  const { t, help } = useWords();
  const { id, exemption, schema, readOnly, onChange } = props;
  const { area: _area, ...withoutArea } = exemption;
  const { schedule: _schedule, ...withoutSchedule } = exemption;
  const empty =
    exemption.area === undefined && exemption.labels === undefined && exemption.schedule === undefined;
  return (
    <div className="exemption">
      <div className="filters">
        <label className="grow">
          <span className="visually-hidden">{t('exempt.name')}</span>
          <input
            disabled={readOnly}
            value={exemption.name}
            maxLength={schemaAt(schema, 'name').maxLength}
            onChange={(event) =>
              event.target.value !== '' && onChange({ ...exemption, name: event.target.value })
            }
          />
        </label>
        {!readOnly && (
          <button type="button" onClick={props.onRemove}>
            {t('ui.delete')}
          </button>
        )}
      </div>
      <div className="filters">
        <span>
          {t('exempt.area')}: {exemption.area === undefined ? t('exempt.everywhere') : t('exempt.drawn')}
        </span>
        {!readOnly && (
          <button
            type="button"
            onClick={props.onDraw}
            title={help('rule.area', schemaAt(schema, 'area').description)}
          >
            {t('exempt.draw')}
          </button>
        )}
        {!readOnly && exemption.area !== undefined && (
          <button type="button" onClick={() => onChange(withoutArea)}>
            {t('exempt.everywhere')}
          </button>
        )}
      </div>
      <Labels id={id} exemption={exemption} schema={schema} readOnly={readOnly} onChange={onChange} />
      <ScheduleForm
        id={`${id}-schedule`}
        schedule={exemption.schedule}
        schema={schemaAt(schema, 'schedule')}
        timeZone={props.timeZone}
        readOnly={readOnly}
        onChange={(schedule) =>
          onChange(schedule === undefined ? withoutSchedule : { ...exemption, schedule })
        }
      />
      {empty && (
        <p className="form-error" role="status">
          {t('exempt.empty')}
        </p>
      )}
    </div>
  );
}

function Labels(props: {
  id: string;
  exemption: Exemption;
  schema: Schema;
  readOnly: boolean;
  onChange: (exemption: Exemption) => void;
}) {
  const { t, help } = useWords();
  const { id, exemption, schema } = props;
  const [text, setText] = useState(() => exemption.labels?.join(', ') ?? '');
  return (
    <div className="param">
      <label htmlFor={`${id}-labels`}>{t('exempt.labels')}</label>
      <input
        id={`${id}-labels`}
        disabled={props.readOnly}
        aria-describedby={`${id}-labels-help`}
        placeholder={t('ui.all')}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          const labels = event.target.value.split(/[,，\s]+/).filter((one) => one !== '');
          const { labels: _before, ...rest } = exemption;
          props.onChange(labels.length === 0 ? rest : { ...rest, labels });
        }}
      />
      <small className="hint" id={`${id}-labels-help`}>
        {help('rule.labels', schemaAt(schema, 'labels').description)}
      </small>
    </div>
  );
}
