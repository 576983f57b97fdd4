/** Reads incidents from JetStream with nothing but the plain NATS client, as any consumer of the district would. */

import type { MsgHdrs } from 'nats';
import { connect, consumerOpts, JSONCodec } from 'nats';
import type { IncidentEvent } from '../../incidents/index.ts';

/** One published revision as it came from the broker. */
export interface ReceivedEvent {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: IncidentEvent;
}

/** @param onEvent called for every incident event of the stream, from its first message on. */
export async function watchIncidents(
  broker: string,
  onEvent: (event: ReceivedEvent) => void,
): Promise<{ close(): Promise<void> }> {
  const connection = await connect({ servers: broker, name: 'demo-watch' });
  const codec = JSONCodec<IncidentEvent>();
  const manager = await connection.jetstreamManager();
  const subject = 'city.*.incident.>';
  const stream = await streamOf(() => manager.streams.find(subject));
  const options = consumerOpts().orderedConsumer().bindStream(stream).deliverAll();
  const subscription = await connection.jetstream().subscribe(subject, options);
  const reading = (async () => {
    for await (const message of subscription) {
      onEvent({
        subject: message.subject,
        headers: plainHeaders(message.headers),
        data: codec.decode(message.data),
      });
    }
  })();
  return {
    async close() {
      await connection.close();
      await reading;
    },
  };
}

/** The program makes the stream when it starts; wait until it is there. */
async function streamOf(find: () => Promise<string>): Promise<string> {
  for (let tries = 0; ; tries++) {
    try {
      return await find();
    } catch (error) {
      if (tries === 150) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 200);
      });
    }
  }
}

function plainHeaders(headers: MsgHdrs | undefined): Record<string, string> {
  return Object.fromEntries((headers?.keys() ?? []).map((key) => [key, headers?.get(key) ?? '']));
}
