/** Kept tracks and their replay. */

export { replayTracks } from './replay-tracks.ts';
export type { ReplayStart } from './replay-tracks.ts';
export { startReplay } from './start-replay.ts';
export { readTracks, TrackHistory } from './track-history.ts';
