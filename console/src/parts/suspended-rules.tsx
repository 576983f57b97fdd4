/** Why the incident feed says nothing of a camera: its picture is unsound, and the rules that it would falsify stand still. */

import type { Camera } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import { Link } from './link.tsx';
import { useLoad } from './use-load.ts';

const REFRESH_MS = 5000;

/** @param shows which cameras the page speaks of; all of them when left out. */
export function SuspendedRules({ shows = () => true }: { shows?: (camera: Camera) => boolean }) {
  const { t, word, time } = useWords();
  const cameras = useLoad<{ items: Camera[] }>('/api/cameras', REFRESH_MS);
  const blind = (cameras.data?.items ?? []).filter(
    (one) => (one.suspendedRules?.length ?? 0) > 0 && shows(one),
  );
  if (blind.length === 0) return null;
  return (
    <details className="suspended" role="status">
      <summary>{t('suspended.cameras', { n: blind.length })}</summary>
      <ul>
        {blind.map((camera) => (
          <li key={camera.cameraId}>
            <Link to={`/cameras/${encodeURIComponent(camera.cameraId)}`}>{camera.name}</Link>{' '}
            {camera.faults
              .map(({ fault, sinceMs }) => `${word('fault', fault)} (${t('camera.since')} ${time(sinceMs)})`)
              .join(' · ')}
            {' — '}
            {camera.suspendedRules?.join(', ')}
          </li>
        ))}
      </ul>
    </details>
  );
}
