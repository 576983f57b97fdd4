/** Loading, error and empty states: each in the place of what it stands for. */

import type { ReactNode } from 'react';
import { useWords } from '../i18n/context.tsx';

export function Loading() {
  const { t } = useWords();
  return (
    <div className="state" role="status">
      {t('ui.loading')}
    </div>
  );
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t, problem } = useWords();
  return (
    <div className="state state-bad" role="alert">
      <p>{problem(error)}</p>
      {retry && (
        <button type="button" onClick={retry}>
          {t('ui.retry')}
        </button>
      )}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      {children}
    </div>
  );
}
