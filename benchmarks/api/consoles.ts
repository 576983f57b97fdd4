/** Fifty consoles in a thread of their own: each follows the feed, some lose their connection now and then. */

import { get } from 'node:http';
import type { ClientRequest } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

/** What the thread is given. */
export interface ConsolesInput {
  readonly port: number;
  readonly cookies: readonly string[];
  /** Every third console breaks off this long after each connection, and resumes. */
  readonly breakAfterMs: number;
}

/** What it tells for each event. */
export interface Receipt {
  readonly console: number;
  readonly seq: number;
  readonly key: string;
  readonly atMs: number;
}

/** Follows the feed for ever; the thread is ended from outside. */
function follow(input: ConsolesInput, index: number): void {
  let lastId = '';
  let request: ClientRequest | undefined;
  let again: NodeJS.Timeout | undefined;
  const connect = (): void => {
    const headers = { cookie: input.cookies[index]!, ...(lastId === '' ? {} : { 'last-event-id': lastId }) };
    let text = '';
    request = get({ host: '127.0.0.1', port: input.port, path: '/api/feed', headers }, (reply) => {
      reply.setEncoding('utf8');
      reply.on('data', (chunk: string) => {
        text += chunk;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          take(text.slice(0, end));
          text = text.slice(end + 2);
        }
      });
      reply.on('close', reconnect);
      if (index % 3 === 0) setTimeout(() => request?.destroy(), input.breakAfterMs);
    });
    request.on('error', reconnect);
  };
  const reconnect = (): void => {
    clearTimeout(again);
    again = setTimeout(connect, 200);
  };
  const take = (message: string): void => {
    const id = /^id: (\d+)$/m.exec(message)?.[1];
    if (id !== undefined) lastId = id;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
    if (message.includes('event: hello')) parentPort?.postMessage('connected');
    if (id === undefined || !message.includes('event: revision')) return;
    const data = JSON.parse(/^data: (.*)$/m.exec(message)?.[1] ?? '{}') as {
      incident: { incidentId: string };
      revision: number;
    };
    const receipt: Receipt = {
      console: index,
      seq: Number(id),
      key: `${data.incident.incidentId} ${data.revision}`,
      atMs: Date.now(),
    };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- as above
    parentPort?.postMessage(receipt);
  };
  connect();
}

const input = workerData as ConsolesInput;
for (let i = 0; i < input.cookies.length; i++) follow(input, i);
