/** Reads events from JetStream with nothing but the plain NATS client, as any consumer of the district would. */

import type { MsgHdrs } from 'nats';
import { connect, consumerOpts, JSONCodec } from 'nats';

/** One published event as it came from the broker. */
export interface ReceivedEvent<Data> {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Wall time at which the broker stored it, which it acknowledges at once. */
  readonly storedAtMs: number;
  readonly data: Data;
}

/**
 * @param subject e.g. `city.*.incident.>`; waits until a stream has it, at most 150 s.
 * @param onEvent called for every event of the stream on this subject, from its first message on.
 */
export async function watchEvents<Data>(
  broker: string,
  subject: string,
  onEvent: (event: ReceivedEvent<Data>) => void,
): Promise<{ close(): Promise<void> }> {
  const connection = await connect({ servers: broker, name: 'watch' });
  const codec = JSONCodec<Data>();
  const manager = await connection.jetstreamManager();
  const stream = await streamOf(() => manager.streams.find(subject));
  const options = consumerOpts().orderedConsumer().bindStream(stream).deliverAll();
  const subscription = await connection.jetstream().subscribe(subject, options);
  const reading = (async () => {
    for await (const message of subscription) {
      onEvent({
        subject: message.subject,
        headers: plainHeaders(message.headers),
        storedAtMs: message.info.timestampNanos / 1e6,
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
      if (tries === 750) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 200);
      });
    }
  }
}

function plainHeaders(headers: MsgHdrs | undefined): Record<string, string> {
  return Object.fromEntries((headers?.keys() ?? []).map((key) => [key, headers?.get(key) ?? '']));
}
