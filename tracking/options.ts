/** Settings of the tracker: meaning, effect, range and default of each. */

/** All settings; every one has a default. Times are stream time. */
export interface TrackerOptions {
  /**
   * Score from which a detection takes part in the first association. Raising it leaves more to the second, stricter
   * association; lowering it lets weak boxes compete with good ones. 0-1, default 0.5.
   */
  readonly highScore: number;
  /**
   * Lowest score that can keep a track alive (ByteTrack's low boxes). Raising it loses occluded objects sooner;
   * lowering it follows noise. 0-1, default 0.1.
   */
  readonly lowScore: number;
  /**
   * Score from which an unmatched detection starts a track. Raising it misses faint objects; lowering it makes tracks
   * of noise. 0-1, default 0.4.
   */
  readonly newTrackScore: number;
  /**
   * Least overlap of a detection with the predicted box. Raising it breaks tracks of fast objects; lowering it lets
   * neighbours swap. 0-1, default 0.25.
   */
  readonly minIou: number;
  /**
   * Least overlap for a detection to take up a standing object that was hidden. Raising it gives such objects a new
   * id more often; lowering it lets passing objects take their place. 0-1, default 0.5.
   */
  readonly minIouHeld: number;
  /** Weight of the direction of motion in the cost (OC-SORT's lambda). 0 turns it off. 0-1, default 0.2. */
  readonly directionWeight: number;
  /**
   * Detections until a track counts as confirmed. Raising it delays true objects by a frame each; lowering it
   * believes single false boxes. 1-10, default 2.
   */
  readonly confirmHits: number;
  /**
   * How long a moving object may be unseen, milliseconds. Raising it bridges longer gaps at the risk of taking up
   * another object; lowering it makes more ids. 100-60000, default 2000. At least one missed frame is always allowed.
   */
  readonly maxLostMs: number;
  /**
   * How long a standing object may be unseen (behind a bus), milliseconds. Its box stays where it stood. Raising it
   * bridges longer occlusions and keeps ghosts of objects that left unseen; lowering it the reverse. Default 60000.
   */
  readonly maxLostStillMs: number;
  /** How long an object must keep its place to count as standing here, milliseconds. Default 2000. */
  readonly stillAfterMs: number;
  /** How far it may stray from that place, in its own size. Default 0.25. */
  readonly stillDrift: number;
  /** Detections of a frame that are used, best first: bounds time and memory. Default 300. */
  readonly maxDetections: number;
  /** Tracks that are kept: bounds time and memory; the longest unseen goes first. Default 400. */
  readonly maxTracks: number;
  /** Classes that a detector confuses on one object and that may follow each other within a track. */
  readonly families: Readonly<Record<string, string>>;
}

/** The product's defaults. */
export const TRACKER_DEFAULTS: TrackerOptions = {
  highScore: 0.5,
  lowScore: 0.1,
  newTrackScore: 0.4,
  minIou: 0.25,
  minIouHeld: 0.5,
  directionWeight: 0.2,
  confirmHits: 2,
  maxLostMs: 2000,
  maxLostStillMs: 60_000,
  stillAfterMs: 2000,
  stillDrift: 0.25,
  maxDetections: 300,
  maxTracks: 400,
  families: {
    car: 'vehicle',
    bus: 'vehicle',
    truck: 'vehicle',
    tricycle: 'vehicle',
    bicycle: 'cycle',
    motorcycle: 'cycle',
  },
};
