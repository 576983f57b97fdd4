/** A program that records one camera until it is killed: `node ingest-child.mjs URL DIR`, prints the frames it gets. */

import { silentLog } from '../../core/index.ts';
import { createSource } from '../../ingest/index.ts';

const [url = '', dir = ''] = process.argv.slice(2);
const source = createSource({
  cameraId: 'gate',
  url,
  transport: 'tcp',
  decode: { policy: 'fps', fps: 5 },
  canvas: { width: 96, height: 96 },
  pacing: 'realtime',
  stallAfterMs: 5_000,
  segments: { dir, segmentMs: 2_000 },
  clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
  log: silentLog,
});
await source.run(new AbortController().signal, {
  started: (run) => process.stdout.write(`started ${run.anchorMs}\n`),
  frame: (frame) => {
    process.stdout.write(`frame ${frame.ref.capturedAtMs}\n`);
    frame.release();
  },
});
