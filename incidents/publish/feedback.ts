/** Case feedback from the city's platform: a durable consumer that acknowledges after the commit. */

import { AckPolicy, DeliverPolicy, type JsMsg, type NatsConnection } from 'nats';
import { Check } from 'typebox/value';
import { messageOf, type Log } from '../../core/index.ts';
import { FeedbackEventSchema, type FeedbackEvent } from '../events/feedback-event.ts';
import { feedbackSubject } from '../events/subjects.ts';
import type { Incident } from '../incident.ts';
import { ensureStream } from './stream.ts';

export interface FeedbackOptions {
  readonly adcode: string;
  /** Stream that holds `city.<adcode>.case.feedback.>`; made when it is missing. Default `CITY_CASES`. */
  readonly stream?: string;
  /** Name of our place in that stream; one for each installation. Default `streetwatch-<adcode>`. */
  readonly durable?: string;
  /** Takes a message in, durably, once; {@link IncidentService.applyFeedback}. */
  readonly apply: (messageId: string, event: FeedbackEvent) => Incident | undefined;
  readonly log: Log;
}

/** A companion of the publisher's connection: consumes feedback until the connection closes. */
export function feedbackConsumer(options: FeedbackOptions): (connection: NatsConnection) => Promise<void> {
  const { adcode, stream = 'CITY_CASES', durable = `streetwatch-${adcode}` } = options;
  return async (connection) => {
    const manager = await connection.jetstreamManager({ checkAPI: false });
    await ensureStream(manager, { name: stream, subjects: [feedbackSubject(adcode, '>')] });
    await manager.consumers.add(stream, {
      durable_name: durable,
      filter_subject: feedbackSubject(adcode),
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
    });
    const consumer = await connection.jetstream().consumers.get(stream, durable);
    const messages = await consumer.consume({ max_messages: 100 });
    void connection.closed().then(() => messages.stop());
    for await (const message of messages) takeIn(message, options);
  };
}

function takeIn(message: JsMsg, { apply, log }: FeedbackOptions): void {
  const { subject, seq } = message;
  const event = parse(message);
  if (event === undefined || subject !== feedbackSubject(subject.split('.')[1] ?? '', event.incidentId)) {
    log.warn({ subject, seq }, 'case feedback is not valid and is put aside');
    message.term();
    return;
  }
  const given = message.headers?.get('Nats-Msg-Id') ?? '';
  try {
    const incident = apply(given === '' ? `${message.info.stream}:${seq}` : given, event);
    if (incident === undefined) log.warn({ subject, seq }, 'case feedback names no incident of this store');
    message.ack();
  } catch (error) {
    log.error({ subject, seq, error: messageOf(error) }, 'case feedback not stored yet');
    message.nak(5_000);
  }
}

function parse(message: JsMsg): FeedbackEvent | undefined {
  try {
    const value: unknown = message.json();
    return Check(FeedbackEventSchema, value) && !Number.isNaN(Date.parse(value.at)) ? value : undefined;
  } catch {
    return undefined;
  }
}
