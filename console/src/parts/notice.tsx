/** A short line at the lower edge that says what happened, with one way back. */

import { useCallback, useEffect, useState } from 'react';

export interface Notice {
  readonly text: string;
  readonly bad?: boolean;
  readonly action?: { readonly label: string; run(): void };
}

const SHOWN_MS = 8000;

/** Returns the element, and how to show a notice. */
export function useNotice(): [React.ReactNode, (notice: Notice | undefined) => void] {
  const [notice, setNotice] = useState<Notice | undefined>(undefined);
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  const show = useCallback((next: Notice | undefined) => setNotice(next), []);
  const element = (
    <div className="notice-place" role="status" aria-live="polite">
      {notice && (
        <div className={notice.bad === true ? 'notice notice-bad' : 'notice'}>
          <span>{notice.text}</span>
          {notice.action && (
            <button
              type="button"
              onClick={() => {
                notice.action?.run();
                setNotice(undefined);
              }}
            >
              {notice.action.label}
            </button>
          )}
        </div>
      )}
    </div>
  );
  return [element, show];
}
