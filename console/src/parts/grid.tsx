/** A wall of cells of one size: only those in sight are in the page, so that a thousand cost like twenty. */

import { useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { remPx } from './rows.tsx';

/** Rows kept ready above and below what is in sight. */
const SPARE_ROWS = 1;

export interface GridProps<T> {
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly cell: (item: T) => ReactNode;
  /** Least width of a cell, gap between cells, and what stands below its 16:9 picture, in `rem`. */
  readonly minCellRem: number;
  readonly gapRem: number;
  readonly textRem: number;
  readonly label: string;
}

export function Grid<T>(props: GridProps<T>) {
  const { items } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, width: 0, height: 0, remPx: 16 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void =>
      setView({
        top: element.scrollTop,
        width: element.clientWidth,
        height: element.clientHeight,
        remPx: remPx(),
      });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const gapPx = props.gapRem * view.remPx;
  const columns = Math.max(1, Math.floor((view.width + gapPx) / (props.minCellRem * view.remPx + gapPx)));
  const cellPx = (view.width - gapPx * (columns - 1)) / columns;
  const rowPx = (cellPx * 9) / 16 + props.textRem * view.remPx + gapPx;
  const rows = Math.ceil(items.length / columns);
  const first = Math.max(0, Math.floor(view.top / rowPx) - SPARE_ROWS);
  const last = Math.min(rows, Math.ceil((view.top + view.height) / rowPx) + SPARE_ROWS);
  const shown = view.width === 0 ? [] : items.slice(first * columns, last * columns);
  return (
    <div
      ref={box}
      className="rows wall"
      role="list"
      aria-label={props.label}
      tabIndex={0}
      onScroll={(event) => {
        const { scrollTop } = event.currentTarget;
        setView((old) => ({ ...old, top: scrollTop }));
      }}
    >
      <div className="rows-all" style={{ height: rows * rowPx }}>
        {shown.map((item, i) => {
          const at = first * columns + i;
          return (
            <div
              key={props.keyOf(item)}
              role="listitem"
              aria-setsize={items.length}
              aria-posinset={at + 1}
              className="wall-cell"
              style={{
                top: Math.floor(at / columns) * rowPx,
                left: (at % columns) * (cellPx + gapPx),
                width: cellPx,
                height: rowPx - gapPx,
              }}
            >
              {props.cell(item)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
