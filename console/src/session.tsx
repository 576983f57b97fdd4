/** Who is signed in, for all pages. */

import { createContext, useContext } from 'react';
import type { Capability, Session } from '../../api/contract/index.ts';

export const SessionContext = createContext<
  { session: Session; setSession(session: Session | undefined): void } | undefined
>(undefined);

export function useCaller(): {
  session: Session;
  may(capability: Capability): boolean;
  setSession(s: Session | undefined): void;
} {
  const value = useContext(SessionContext);
  if (!value) throw new Error('nobody is signed in');
  return { ...value, may: (capability) => value.session.capabilities.includes(capability) };
}
