/** What is true when the stream says that the last message of a subject is not the one we thought. */

import { NatsError, type JetStreamManager, type MsgRequest, type StoredMsg } from 'nats';
import type { OutboxMessage } from '../store/outbox.ts';

/** JetStream error codes (nats-server `errors.json`). */
export const WRONG_LAST_SEQUENCE = 10071;
const NO_MESSAGE_FOUND = 10037;

export type Reconciled =
  /** The message is in the stream already: only its acknowledgement was lost. */
  | { readonly kind: 'stored'; readonly streamSeq: number }
  /** It is not; the subject's last message is this one (0: none). */
  | { readonly kind: 'absent'; readonly lastSeq: number };

/**
 * Looks a message up in the stream after error 10071. The duplicate window covers two minutes; this covers for ever:
 * a process killed between publish and acknowledgement finds its own message again and does not send it twice.
 *
 * @param afterSeq sequence of the last message of the subject that we know of: nothing before it is read.
 */
export async function reconcile(
  jsm: JetStreamManager,
  stream: string,
  message: OutboxMessage,
  afterSeq: number,
): Promise<Reconciled> {
  const { subject, messageId } = message;
  const last = await getMessage(jsm, stream, { last_by_subj: subject });
  if (last === undefined) return { kind: 'absent', lastSeq: 0 };
  if (isOurs(last, messageId)) return { kind: 'stored', streamSeq: last.seq };
  // Rare: a store restored from a backup is behind the stream by more than one message.
  for (let from = afterSeq + 1; from <= last.seq;) {
    const found = await getMessage(jsm, stream, { seq: from, next_by_subj: subject } as MsgRequest);
    if (found === undefined) break;
    if (isOurs(found, messageId)) return { kind: 'stored', streamSeq: found.seq };
    from = found.seq + 1;
  }
  return { kind: 'absent', lastSeq: last.seq };
}

function isOurs(stored: StoredMsg, messageId: string): boolean {
  return stored.header?.get('Nats-Msg-Id') === messageId;
}

async function getMessage(
  jsm: JetStreamManager,
  stream: string,
  query: MsgRequest,
): Promise<StoredMsg | undefined> {
  try {
    return await jsm.streams.getMessage(stream, query);
  } catch (error) {
    const code = error instanceof NatsError ? error.api_error?.err_code : undefined;
    if (code === NO_MESSAGE_FOUND) return undefined;
    throw error;
  }
}
