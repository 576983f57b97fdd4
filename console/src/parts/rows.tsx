/** A long list of rows of one height: only those in sight are in the page, so that 10,000 scroll like ten. */

import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';

const SPARE = 6;
/** How many rows before the end more is asked for. */
const ROWS_BEFORE_END = 20;

/** Pixels of one `rem` on this screen. */
export function remPx(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

export function Rows<T>(props: {
  items: readonly T[];
  /** Height of a row in `rem`: rows grow with the type on large screens. */
  rowRem: number;
  keyOf: (item: T) => string;
  row: (item: T, index: number) => ReactNode;
  /** The index that must be in sight. */
  focus?: number;
  /** Called when the end comes near. */
  onEnd?: () => void;
  label: string;
  /** Rows out of sight lend their elements to those that come in: for lists whose rows have no state of their own. */
  recycle?: boolean;
}) {
  const { items, focus } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800, remPx: 16 });
  const rowPx = Math.round(props.rowRem * view.remPx);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setView((old) => ({ ...old, height: element.clientHeight, remPx: remPx() })),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || focus === undefined || focus < 0) return;
    const top = focus * rowPx;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowPx > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowPx - element.clientHeight;
  }, [focus, rowPx]);
  const { onEnd } = props;
  const nearEnd = view.top + view.height > (items.length - ROWS_BEFORE_END) * rowPx;
  useEffect(() => {
    // After every change, since whoever stays at the end does not scroll again; asking twice is the list's to refuse.
    if (nearEnd) onEnd?.();
  });
  const first = Math.max(0, Math.floor(view.top / rowPx) - SPARE);
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / rowPx) + SPARE);
  // A row keeps its place while it is in sight, so that the focus stays on what it was on.
  const places = Math.ceil(view.height / Math.max(1, rowPx)) + 2 * SPARE + 2;
  return (
    <div
      ref={box}
      className="rows"
      role="list"
      aria-label={props.label}
      tabIndex={0}
      onScroll={(event) => {
        const { scrollTop, clientHeight } = event.currentTarget;
        setView((old) => ({ ...old, top: scrollTop, height: clientHeight }));
      }}
    >
      <div className="rows-all" style={{ height: items.length * rowPx }}>
        {items.slice(first, last).map((item, i) => (
          <div
            key={props.recycle === true ? (first + i) % places : props.keyOf(item)}
            role="listitem"
            aria-setsize={items.length}
            aria-posinset={first + i + 1}
            className="rows-row"
            style={{ top: (first + i) * rowPx, height: rowPx }}
          >
            {props.row(item, first + i)}
          </div>
        ))}
      </div>
    </div>
  );
}
