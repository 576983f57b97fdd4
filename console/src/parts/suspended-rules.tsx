/** Why the incident feed says nothing of a camera: its picture is unsound, and the rules that it would falsify stand still. */

import type { Camera } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import { Link } from './link.tsx';

/** How often a page that shows this asks for the cameras again. */
export const SUSPENSION_REFRESH_MS = 10_000;

/** @param cameras those that the page speaks of. */
export function SuspendedRules({ cameras }: { cameras: readonly Camera[] }) {
  const { t, word, time } = useWords();
  const blind = cameras.filter((one) => (one.suspendedRules?.length ?? 0) > 0);
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
