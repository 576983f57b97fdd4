/** The title of the browser's tab: which page, and how many incidents wait there. */

import { useEffect } from 'react';
import { useWords } from '../i18n/context.tsx';

/** @param waiting shown first, so that a narrow tab tells it too. */
export function useTitle(page: string, waiting = 0): void {
  const { t } = useWords();
  const title = `${waiting > 0 ? `(${waiting}) ` : ''}${page} · ${t('app.name')}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}
