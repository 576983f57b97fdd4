/** The second key of a decision: why it is dismissed, or what it repeats. */

import { useCallback, useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { DismissReason, IncidentView } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import { useKeys } from '../parts/use-keys.ts';
import { MOST_REPEATED, repeatable } from './review-decisions.ts';

/** In the order of the number keys. */
const REASONS: readonly DismissReason[] = [
  'not_there',
  'allowed',
  'wrong_type',
  'authorised_vehicle',
  'moving_traffic',
  'reflection_or_light',
  'camera_problem',
  'zone_wrong',
  'other',
];

/** @param props.onChoose takes a note as well, when one was written. */
export function Reasons(props: {
  onChoose: (reason: DismissReason, note: { note?: string }) => void;
  onCancel: () => void;
}) {
  const { t } = useWords();
  const [note, setNote] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const written = note.trim() === '' ? {} : { note: note.trim() };
  return (
    <Choices
      label={t('review.dismissWhy')}
      options={REASONS.map((reason) => ({
        key: reason,
        text: t(`reason.${reason}`),
        choose: () => props.onChoose(reason, written),
      }))}
      keys={{ n: () => field.current?.focus() }}
      onCancel={props.onCancel}
    >
      <input
        ref={field}
        className="reason-note"
        aria-label={t('review.note')}
        placeholder={`${t('review.note')} (N)`}
        value={note}
        maxLength={400}
        onChange={(event) => setNote(event.target.value)}
        // Back to the number keys.
        onKeyDown={(event) => {
          if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
        }}
      />
    </Choices>
  );
}

/** Earlier incidents that this one may repeat, each on a number key. */
export function Repeated(props: {
  incident: IncidentView;
  onChoose: (duplicateOf: string) => void;
  onFail: (error: unknown) => void;
  onCancel: () => void;
}) {
  const { t, time } = useWords();
  const { incident, onFail } = props;
  const [items, setItems] = useState<readonly IncidentView[] | undefined>(undefined);
  // Whoever works fast presses D and the number in one go: the number waits for the list that it means.
  const [early, setEarly] = useState<number | undefined>(undefined);
  const chosenEarly = useRef<number | undefined>(undefined);
  chosenEarly.current = early;
  useEffect(() => {
    let gone = false;
    repeatable(incident).then(
      (found) => {
        if (gone) return;
        const meant = chosenEarly.current === undefined ? undefined : found[chosenEarly.current - 1];
        if (meant) props.onChoose(meant.incidentId);
        else {
          setEarly(undefined);
          setItems(found);
        }
      },
      (error: unknown) => {
        if (!gone) onFail(error);
      },
    );
    return () => {
      gone = true;
    };
    // The list is of the moment at which it was asked for.
  }, [incident.incidentId]);
  const waiting = Object.fromEntries(
    Array.from({ length: MOST_REPEATED }, (_, i) => [String(i + 1), () => setEarly(i + 1)]),
  );
  return (
    <Choices
      label={t('review.repeats')}
      keys={items === undefined ? waiting : {}}
      options={(items ?? []).map((one) => ({
        key: one.incidentId,
        text: `${time(one.openedAtMs, one.camera.timeZone)} · ${one.zone.zoneName}`,
        choose: () => props.onChoose(one.incidentId),
      }))}
      onCancel={props.onCancel}
    >
      {items === undefined && (
        <span className="hint" role="status">
          {early === undefined ? (
            t('ui.loading')
          ) : (
            <>
              <kbd>{early}</kbd> {t('review.keyWaits')}
            </>
          )}
        </span>
      )}
      {items?.length === 0 && <span className="hint">{t('review.repeatsNothing')}</span>}
    </Choices>
  );
}

function Choices(props: {
  label: string;
  options: readonly { key: string; text: string; choose: () => void }[];
  onCancel: () => void;
  /** Keys that mean something before the options are there. */
  keys?: Readonly<Record<string, () => void>>;
  children?: ReactNode;
}) {
  const { t } = useWords();
  const first = useCallback((element: HTMLButtonElement | null) => element?.focus(), []);
  useKeys({
    ...props.keys,
    ...Object.fromEntries(props.options.map((one, i) => [String(i + 1), one.choose])),
    escape: props.onCancel,
  });
  return (
    <div className="reasons" role="group" aria-label={props.label}>
      {props.options.map((one, i) => (
        <button key={one.key} ref={i === 0 ? first : undefined} type="button" onClick={one.choose}>
          <kbd>{i + 1}</kbd> {one.text}
        </button>
      ))}
      {props.children}
      <button type="button" className="quiet" onClick={props.onCancel}>
        {t('ui.cancel')} <kbd>Esc</kbd>
      </button>
    </div>
  );
}
