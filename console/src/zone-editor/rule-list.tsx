/** The rules of the chosen zone: on or off, approval, schedule, exemptions, and the parameters of the kind. */

import type { RuleDocument, RuleKinds } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import type { EditorAction, EditorState } from './editor-state.ts';
import { ExemptionsForm } from './exemptions-form.tsx';
import { schemaAt } from './json-schema.ts';
import type { Schema } from './json-schema.ts';
import { RuleForm } from './rule-form.tsx';
import { ScheduleForm } from './schedule-form.tsx';

export function RuleList(props: {
  state: EditorState;
  send: (action: EditorAction) => void;
  readOnly: boolean;
  kinds: RuleKinds | undefined;
}) {
  const { t, word } = useWords();
  const { state, send, readOnly } = props;
  const kinds = props.kinds?.items ?? [];
  const rules = state.document.rules.filter((rule) => rule.zoneId === state.zoneId);
  return (
    <section>
      <h2>{t('rules.rules')}</h2>
      {rules.map((rule) => (
        <details key={rule.ruleId} className="rule" open={rules.length === 1}>
          <summary>
            <strong>{word('kind', rule.kind)}</strong> <span className="mono hint">{rule.ruleId}</span>{' '}
            {!rule.enabled && <span className="mark">{t('rules.off')}</span>}
            {rule.approval === true && <span className="mark mark-pending">{t('rules.approval')}</span>}
          </summary>
          <OneRule
            rule={rule}
            frame={props.kinds?.rule}
            timeZone={props.kinds?.timeZone ?? 'UTC'}
            params={kinds.find((one) => one.kind === rule.kind)?.params}
            readOnly={readOnly}
            send={send}
          />
        </details>
      ))}
      {!readOnly && (
        <div className="choices" role="group" aria-label={t('rules.add')}>
          {kinds.map((one) => (
            <button
              key={one.kind}
              type="button"
              onClick={() => send({ kind: 'add-rule', ruleKind: one.kind })}
            >
              + {word('kind', one.kind)}
            </button>
          ))}
        </div>
      )}
    </section>
  );
}

function OneRule(props: {
  rule: RuleDocument;
  /** Schema of what every rule has. */
  frame: Schema | undefined;
  timeZone: string;
  /** Schema of the parameters of its kind. */
  params: Schema | undefined;
  readOnly: boolean;
  send: (action: EditorAction) => void;
}) {
  const { t, help } = useWords();
  const { rule, frame, readOnly, send } = props;
  const change = (next: RuleDocument): void => send({ kind: 'rule', rule: next });
  const { approval: _approval, ...atOnce } = rule;
  const { schedule: _schedule, ...always } = rule;
  return (
    <>
      <div className="filters">
        <label className="check">
          <input
            type="checkbox"
            checked={rule.enabled}
            disabled={readOnly}
            onChange={(event) => change({ ...rule, enabled: event.target.checked })}
          />{' '}
          {t('rules.enabled')}
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={rule.approval === true}
            disabled={readOnly}
            aria-describedby={`${rule.ruleId}-approval-help`}
            onChange={(event) => change(event.target.checked ? { ...rule, approval: true } : atOnce)}
          />{' '}
          {t('rules.approval')}
        </label>
        <span className="grow" />
        {!readOnly && (
          <button type="button" onClick={() => send({ kind: 'delete-rule', ruleId: rule.ruleId })}>
            {t('ui.delete')}
          </button>
        )}
      </div>
      <small className="hint" id={`${rule.ruleId}-approval-help`}>
        {help('rule.approval', schemaAt(frame, 'approval').description)}
      </small>
      <ScheduleForm
        id={`${rule.ruleId}-schedule`}
        schedule={rule.schedule}
        schema={schemaAt(frame, 'schedule')}
        timeZone={props.timeZone}
        readOnly={readOnly}
        onChange={(schedule) => change(schedule === undefined ? always : { ...rule, schedule })}
      />
      <ExemptionsForm
        rule={rule}
        schema={schemaAt(frame, 'exemptions')}
        timeZone={props.timeZone}
        readOnly={readOnly}
        onChange={change}
        onDraw={(index) => send({ kind: 'draw', target: { kind: 'exemption', ruleId: rule.ruleId, index } })}
      />
      <RuleForm
        rule={rule}
        schema={props.params}
        readOnly={readOnly}
        onChange={change}
        onDrawMask={() => send({ kind: 'draw', target: { kind: 'mask', ruleId: rule.ruleId } })}
      />
    </>
  );
}
