/** The thread of one replay: what it is given, it answers once. */

import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../core/index.ts';
import type { ReplayAnswer, ReplayStart } from './replay-tracks.ts';
import { replayTracks } from './replay-tracks.ts';

function answer(start: ReplayStart): ReplayAnswer {
  try {
    return { report: replayTracks(start) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

parentPort?.postMessage(answer(workerData as ReplayStart), []);
