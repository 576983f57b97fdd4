/** What stands on JetStream about an incident, read with nothing but the plain NATS client. */

import { connect, consumerOpts, JSONCodec } from 'nats';
import type { NatsConnection } from 'nats';
import type { IncidentEvent } from '../../incidents/index.ts';

const SUBJECTS = 'city.*.incident.>';
const WAIT_MS = 30_000;

/**
 * All revisions of an incident up to the first of phase `until`, in the order of the stream; waits for them.
 * @throws Error when the stream does not have it within half a minute.
 */
export async function readPublished(
  server: string,
  incidentId: string,
  until: IncidentEvent['phase'],
): Promise<IncidentEvent[]> {
  const connection = await connect({ servers: server });
  const events: IncidentEvent[] = [];
  const timer = setTimeout(() => void connection.close(), WAIT_MS);
  try {
    for await (const event of incidentEvents(connection)) {
      if (event.incidentId !== incidentId) continue;
      events.push(event);
      if (event.phase === until) return events;
    }
  } finally {
    clearTimeout(timer);
    await connection.close();
  }
  const phases = events.map((one) => `r${one.revision} ${one.phase}`).join(', ');
  throw new Error(`${incidentId}: no revision ${until} within ${WAIT_MS} ms; there are: ${phases || 'none'}`);
}

/** What stands there of an incident now. */
export async function publishedOf(server: string, incidentId: string): Promise<IncidentEvent[]> {
  const connection = await connect({ servers: server });
  try {
    const manager = await connection.jetstreamManager();
    const stream = await manager.streams.find(SUBJECTS);
    const { state } = await manager.streams.info(stream);
    const codec = JSONCodec<IncidentEvent>();
    const events: IncidentEvent[] = [];
    for (let seq = state.first_seq; seq > 0 && seq <= state.last_seq; seq++) {
      const message = await manager.streams.getMessage(stream, { seq });
      if (!message.subject.includes('.incident.')) continue;
      const event = codec.decode(message.data);
      if (event.incidentId === incidentId) events.push(event);
    }
    return events;
  } finally {
    await connection.close();
  }
}

/** Everything of the stream, from its first message on. */
async function* incidentEvents(connection: NatsConnection): AsyncGenerator<IncidentEvent> {
  const codec = JSONCodec<IncidentEvent>();
  const stream = await (await connection.jetstreamManager()).streams.find(SUBJECTS);
  const options = consumerOpts().orderedConsumer().bindStream(stream).deliverAll();
  for await (const message of await connection.jetstream().subscribe(SUBJECTS, options)) {
    yield codec.decode(message.data);
  }
}
