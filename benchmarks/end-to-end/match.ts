/** Which published incident is which expected one: by kind, zone, time and place. Pure. */

import { intersectionArea, type BoxNorm } from '../../core/index.ts';
import type { ExpectedIncident, FrameTruth, ScenarioTruth } from '../street/index.ts';
import type { Raised } from './types.ts';

/** Truth and capture time may differ by the delay of the first picture. */
const CLOCK_SLACK_S = 0.7;
/** How far back the place of the object is looked for: a hidden object keeps its place. */
const LOOK_BACK_S = 3;
/** Share of the smaller box that must be common. */
const COMMON_SHARE = 0.3;

/** An expected incident and what came of it. */
export interface Match {
  readonly expected: ExpectedIncident;
  readonly found: Raised | undefined;
  /** Further incidents about the same thing: one place and cause should be one incident. */
  readonly duplicates: readonly Raised[];
  /** Class of whoever dropped it, when somebody did. */
  readonly dropperClass: string | undefined;
}

export interface Matching {
  readonly matches: readonly Match[];
  /** About nothing that was expected, or raised before it began. */
  readonly unexpected: readonly Raised[];
}

/** @param frames the truth of every frame of the clip. */
export function matchIncidents(
  truth: ScenarioTruth,
  frames: readonly FrameTruth[],
  raised: readonly Raised[],
): Matching {
  const ofExpected = new Map<ExpectedIncident, Raised[]>(truth.incidents.map((one) => [one, []]));
  const unexpected: Raised[] = [];
  for (const incident of raised.toSorted((a, b) => a.openedS - b.openedS)) {
    const [nearest] = truth.incidents
      .map((expected) => ({ expected, common: placeInCommon(incident, expected, { truth, frames }) }))
      .filter(({ common }) => common >= COMMON_SHARE)
      .toSorted((a, b) => b.common - a.common);
    if (nearest === undefined) unexpected.push(incident);
    else ofExpected.get(nearest.expected)!.push(incident);
  }
  const matches = [...ofExpected].map(([expected, [found, ...duplicates]]) => ({
    expected,
    found,
    duplicates,
    dropperClass: classOf(expected.dropperId, frames),
  }));
  return { matches, unexpected };
}

function classOf(id: string | undefined, frames: readonly FrameTruth[]): string | undefined {
  if (id === undefined) return undefined;
  for (const { objects } of frames) {
    const one = objects.find((object) => object.id === id);
    if (one !== undefined) return one.class;
  }
  return undefined;
}

/** Share of place that an incident has in common with an expected one; 0 when it is another kind, zone or time. */
function placeInCommon(
  incident: Raised,
  expected: ExpectedIncident,
  { truth, frames }: { truth: ScenarioTruth; frames: readonly FrameTruth[] },
): number {
  if (incident.kind !== expected.type || incident.zoneId !== expected.zoneId) return 0;
  if (incident.openedS < expected.fromS - CLOCK_SLACK_S) return 0;
  const places = placesOf(expected, incident.openedS, frames);
  const { widthPx, heightPx } = truth;
  const shares = places.flatMap(([x1, y1, x2, y2]) => {
    const place = { x1: x1 / widthPx, y1: y1 / heightPx, x2: x2 / widthPx, y2: y2 / heightPx };
    return incident.boxes.map((box) => commonShare(box, place));
  });
  return Math.max(0, ...shares);
}

/** Where the object, or its smoke, was shortly before a moment, pixels. */
function placesOf(
  expected: ExpectedIncident,
  atS: number,
  frames: readonly FrameTruth[],
): (readonly [number, number, number, number])[] {
  const ids = [expected.objectId, `${expected.objectId}-smoke`];
  const fromS = Math.max(expected.fromS, atS - LOOK_BACK_S);
  const near = frames.filter((frame) => frame.atS >= fromS && frame.atS <= atS + CLOCK_SLACK_S);
  return near.flatMap(({ objects }) => objects.filter(({ id }) => ids.includes(id)).map(({ box }) => box));
}

function commonShare(a: BoxNorm, b: BoxNorm): number {
  const area = ({ x1, y1, x2, y2 }: BoxNorm): number => Math.max(1e-9, (x2 - x1) * (y2 - y1));
  return intersectionArea(a, b) / Math.min(area(a), area(b));
}
