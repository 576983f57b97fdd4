/** Scores alarms against the vehicles that stopped, as the authors of RoadTrack do it. */

import { iou } from '../../core/index.ts';
import type { Box } from '../../core/index.ts';
import { CLIP_FPS } from './clips.ts';
import type { TruthEvent } from './clips.ts';

/** One alarmed track in one frame. */
export interface AlarmRow {
  readonly frame: number;
  readonly trackId: string;
  readonly box: Box;
  readonly score: number;
  readonly label: string;
}

/** Result of one clip. */
export interface ClipScore {
  readonly found: number;
  readonly missed: number;
  readonly falseTracks: number;
  /** Alarmed tracks that were right: fewer false ones than these are what precision is about. */
  readonly trueTracks: number;
  readonly latenciesS: readonly number[];
  readonly missedEvents: readonly string[];
  readonly falseTrackIds: readonly string[];
}

const MATCH_IOU = 0.5;
/** An event is found when this share of its frames is covered by an alarmed track. */
const FOUND_SHARE = 0.2;
/** An alarmed track is false when a smaller share of its frames matches. */
const TRUE_SHARE = 0.9;

/** Compares the alarms of one clip with its events. */
export function scoreClip(events: readonly TruthEvent[], alarms: readonly AlarmRow[]): ClipScore {
  const byFrame = new Map<number, AlarmRow[]>();
  const byTrack = new Map<string, AlarmRow[]>();
  for (const alarm of alarms) {
    push(byFrame, alarm.frame, alarm);
    push(byTrack, alarm.trackId, alarm);
  }
  const latenciesS: number[] = [];
  const missedEvents: string[] = [];
  for (const event of events) {
    let matched = 0;
    let firstMatch = Number.POSITIVE_INFINITY;
    for (const [frame, box] of event.boxes) {
      if (!(byFrame.get(frame) ?? []).some((alarm) => iou(alarm.box, box) >= MATCH_IOU)) continue;
      matched++;
      firstMatch = Math.min(firstMatch, frame);
    }
    if (matched >= FOUND_SHARE * event.boxes.size && matched > 0) {
      latenciesS.push((firstMatch - event.firstFrame) / CLIP_FPS);
    } else missedEvents.push(event.eventId);
  }
  const falseTrackIds: string[] = [];
  for (const [trackId, rows] of byTrack) {
    const right = rows.filter((row) =>
      events.some((event) => {
        const box = event.boxes.get(row.frame);
        return box !== undefined && iou(box, row.box) >= MATCH_IOU;
      }),
    );
    if (right.length < TRUE_SHARE * rows.length) falseTrackIds.push(trackId);
  }
  return {
    found: latenciesS.length,
    missed: missedEvents.length,
    falseTracks: falseTrackIds.length,
    trueTracks: byTrack.size - falseTrackIds.length,
    latenciesS,
    missedEvents,
    falseTrackIds,
  };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
