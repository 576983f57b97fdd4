/** One incident in the review queue. */

import type { IncidentView } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import { Icon } from '../parts/icon.tsx';
import { dwellMs } from '../parts/incident-facts.tsx';

export function QueueRow(props: {
  incident: IncidentView;
  current: boolean;
  picked: boolean;
  foreign: boolean;
  onPick?: () => void;
  onOpen: () => void;
}) {
  const { t, word, time, span } = useWords();
  const { incident } = props;
  return (
    <div className={`queue-row ${props.current ? 'queue-row-current' : ''}`}>
      {props.onPick && (
        <input
          type="checkbox"
          checked={props.picked}
          onChange={props.onPick}
          aria-label={`${t('review.select')} ${incident.camera.name}`}
        />
      )}
      <button type="button" className="queue-open" aria-current={props.current} onClick={props.onOpen}>
        <span className={`bead severity-${incident.severity}`} aria-hidden="true" />
        <span className="queue-text">
          <span className="queue-line">
            <strong className="cut">{word('type', incident.eventType)}</strong>
            <span className="grow" />
            <span className="number">{span(dwellMs(incident))}</span>
          </span>
          <span className="queue-line hint">
            <span className="cut">{incident.camera.name}</span>
            <span className="grow" />
            {props.foreign && (
              <span title={t('review.claimedBy', { name: incident.claim?.userName ?? '' })}>
                <Icon name="lock" />
              </span>
            )}
            <span className="number">{time(incident.openedAtMs, incident.camera.timeZone)}</span>
          </span>
        </span>
      </button>
    </div>
  );
}
