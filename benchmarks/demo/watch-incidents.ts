/** Reads incidents from JetStream as any consumer of the district would. */

import type { IncidentEvent } from '../../incidents/index.ts';
import type { ReceivedEvent as ReceivedEventOf } from '../rig/index.ts';
import { watchEvents } from '../rig/index.ts';

/** One published revision as it came from the broker. */
export type ReceivedEvent = ReceivedEventOf<IncidentEvent>;

/** @param onEvent called for every incident event of the stream, from its first message on. */
export async function watchIncidents(
  broker: string,
  onEvent: (event: ReceivedEvent) => void,
): Promise<{ close(): Promise<void> }> {
  return await watchEvents(broker, 'city.*.incident.>', onEvent);
}
