/**
 * Worker thread around one session. onnxruntime-node runs a graph on the thread that asks for it and blocks it
 * meanwhile, so each session gets a thread of its own and the event loop of the program stays free.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { StreetwatchError, messageOf } from '../core/index.ts';
import { ModelSession } from './session.ts';
import type { FromWorker, PlainError, ToWorker, WorkerStart } from './worker-protocol.ts';

const port = parentPort!;
const send = (message: FromWorker): void => port.postMessage(message, []);

function plain(error: unknown): PlainError {
  if (error instanceof StreetwatchError)
    return { code: error.code, message: error.message, context: error.context };
  return { code: 'inference.failed', message: messageOf(error), context: {} };
}

async function serve(session: ModelSession): Promise<void> {
  // Messages are worked off one after the other: `close` waits for the run before it, because ending a thread in the
  // middle of a native run takes the process with it.
  let last: Promise<void> = Promise.resolve();
  const handle = async (message: ToWorker): Promise<void> => {
    if (message.kind === 'close') {
      await session.close();
      port.close();
      return;
    }
    const { pixels, request } = message;
    try {
      send({ kind: 'result', result: await session.infer(pixels, request) });
    } catch (error) {
      send({ kind: 'failed', error: plain(error) });
    }
  };
  port.on('message', (message: ToWorker) => {
    last = last.then(() => handle(message));
  });
  send({ kind: 'ready' });
}

try {
  const start: WorkerStart = workerData;
  await serve(await ModelSession.open(start));
} catch (error) {
  send({ kind: 'not-started', error: plain(error) });
  port.close();
}
