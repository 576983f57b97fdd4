/** State of the program. */

import type { SystemState } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import { Facts } from '../parts/incident-facts.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { useLoad } from '../parts/use-load.ts';

export function HealthTab() {
  const { t, word, span } = useWords();
  const { data, error, reload } = useLoad<SystemState>('/api/system', 5000);
  if (error !== undefined && !data) return <Failed error={error} retry={reload} />;
  if (!data) return <Loading />;
  return (
    <div className="health">
      <Facts
        rows={[
          [t('admin.version'), data.version],
          [t('admin.uptime'), span(data.nowMs - data.startedAtMs)],
          [t('admin.memory'), `${(data.memoryBytes / 1048576).toFixed(0)} MiB`],
          [t('admin.camerasOnline'), `${data.cameras.online} / ${data.cameras.total}`],
          [t('admin.camerasFaults'), data.cameras.withFaults],
          [t('review.pending'), data.incidents.pending],
          [t('status.open'), data.incidents.open],
        ]}
      />
      <Facts
        rows={[
          [t('admin.consoles'), data.feed.clients],
          [t('admin.liveStreams'), `${data.live.streams} / ${data.live.mostStreams}`],
          [t('admin.liveViewers'), `${data.live.viewers} / ${data.live.mostViewers}`],
          [t('admin.auditEntries'), data.audit.entries],
          ...Object.entries(data.figures).map(([name, value]): [string, string] => [
            word('figure', name),
            typeof value === 'string' ? word('value', value) : String(value),
          ]),
        ]}
      />
    </div>
  );
}
