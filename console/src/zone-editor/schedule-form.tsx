/** A weekly schedule in a named time zone: any number of windows, each with its days and hours. */

import type { RuleDocument } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import { enumWords, schemaAt } from './json-schema.ts';
import type { Schema } from './json-schema.ts';

export type Schedule = NonNullable<RuleDocument['schedule']>;
type Window = Schedule['windows'][number];

const ZONES: readonly string[] = Intl.supportedValuesOf('timeZone');
/** Working hours to begin with: the usual case, and one that shows what the fields mean. */
const firstWindow = (days: readonly string[]): Window => ({
  days: days.slice(0, 5) as Window['days'],
  from: '07:00',
  to: '19:00',
});

/** @param schema of the schedule; `undefined` as value: always. */
export function ScheduleForm(props: {
  id: string;
  schedule: Schedule | undefined;
  schema: Schema;
  /** With which a new schedule begins. */
  timeZone: string;
  readOnly: boolean;
  onChange: (schedule: Schedule | undefined) => void;
}) {
  const { t, help } = useWords();
  const { id, schedule, schema, readOnly, onChange } = props;
  const days = enumWords(schemaAt(schema, 'windows.*.days.*'));
  const most = schemaAt(schema, 'windows').maxItems ?? 50;
  return (
    <fieldset className="schedule" aria-describedby={`${id}-help`}>
      <legend>{t('schedule.title')}</legend>
      <label className="check">
        <input
          type="checkbox"
          disabled={readOnly}
          checked={schedule !== undefined}
          onChange={(event) =>
            onChange(
              event.target.checked ? { timeZone: props.timeZone, windows: [firstWindow(days)] } : undefined,
            )
          }
        />{' '}
        {t('schedule.limited')}
      </label>
      {schedule && (
        <>
          {schedule.windows.map((window, i) => (
            <WindowFields
              key={i}
              window={window}
              days={days}
              readOnly={readOnly}
              onChange={(next) => onChange({ ...schedule, windows: schedule.windows.with(i, next) })}
              {...(schedule.windows.length > 1
                ? { onRemove: () => onChange({ ...schedule, windows: schedule.windows.toSpliced(i, 1) }) }
                : {})}
            />
          ))}
          <div className="filters">
            {!readOnly && schedule.windows.length < most && (
              <button
                type="button"
                onClick={() => onChange({ ...schedule, windows: [...schedule.windows, firstWindow(days)] })}
              >
                {t('schedule.add')}
              </button>
            )}
            <label>
              {t('schedule.zone')}{' '}
              <select
                disabled={readOnly}
                value={schedule.timeZone}
                onChange={(event) => onChange({ ...schedule, timeZone: event.target.value })}
              >
                {[...new Set([schedule.timeZone, ...ZONES])].map((zone) => (
                  <option key={zone}>{zone}</option>
                ))}
              </select>
            </label>
          </div>
        </>
      )}
      <small className="hint" id={`${id}-help`}>
        {help('rule.schedule', schema.description)}
      </small>
    </fieldset>
  );
}

function WindowFields(props: {
  window: Window;
  days: readonly string[];
  readOnly: boolean;
  onChange: (window: Window) => void;
  onRemove?: () => void;
}) {
  const { t, word } = useWords();
  const { window, days, readOnly, onChange } = props;
  const toggle = (day: string): void => {
    const chosen = days.filter((one) => window.days.includes(one as never) !== (one === day));
    // A window without a day holds never; the schema refuses it.
    if (chosen.length > 0) onChange({ ...window, days: chosen as Window['days'] });
  };
  return (
    <div className="window">
      <span className="days" role="group" aria-label={t('schedule.days')}>
        {days.map((day) => (
          <button
            key={day}
            type="button"
            disabled={readOnly}
            aria-pressed={window.days.includes(day as never)}
            onClick={() => toggle(day)}
          >
            {word('day', day)}
          </button>
        ))}
      </span>
      <input
        type="time"
        aria-label={t('schedule.from')}
        disabled={readOnly}
        value={window.from}
        onChange={(event) => event.target.value !== '' && onChange({ ...window, from: event.target.value })}
      />
      <span aria-hidden="true">–</span>
      {/* A time field has no 24:00; midnight as an end means the end of the day. */}
      <input
        type="time"
        aria-label={t('schedule.to')}
        disabled={readOnly}
        value={window.to === '24:00' ? '00:00' : window.to}
        onChange={(event) =>
          event.target.value !== '' &&
          onChange({ ...window, to: event.target.value === '00:00' ? '24:00' : event.target.value })
        }
      />
      {window.to <= window.from && <span className="hint">{t('schedule.nextDay')}</span>}
      {!readOnly && props.onRemove && (
        <button type="button" className="quiet" aria-label={t('schedule.remove')} onClick={props.onRemove}>
          ×
        </button>
      )}
    </div>
  );
}
