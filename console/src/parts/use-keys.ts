/** One key each: commands of a page while nobody types into a field. */

import { useEffect, useRef } from 'react';

/** @param keys `KeyboardEvent.key` in lower case to what it does. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target as HTMLElement;
      if (target.closest('input, textarea, select, [contenteditable]')) return;
      const name = event.key.toLowerCase();
      // A button that has the focus keeps its own keys.
      if ((name === 'enter' || name === ' ') && target.closest('button, a')) return;
      const action = current.current[name];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
