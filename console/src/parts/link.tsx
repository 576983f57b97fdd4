/** A link within the console. */

import type { ReactNode } from 'react';
import { go } from '../router.ts';

export function Link(props: { to: string; className?: string; current?: boolean; children: ReactNode }) {
  return (
    <a
      href={props.to}
      className={props.className}
      aria-current={props.current === true ? 'page' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(props.to);
      }}
    >
      {props.children}
    </a>
  );
}
