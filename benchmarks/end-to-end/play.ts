/** Plays clips once as live RTSP cameras to the built program, and reads from the broker what it publishes. */

import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/index.ts';
import type { HealthEvent, IncidentEvent } from '../../incidents/index.ts';
import { metric, type ReceivedEvent, Rig, until, watchEvents } from '../rig/index.ts';
import { serveStreet, type StreetLap } from '../street/index.ts';
import { cameraConfig } from './camera-config.ts';
import type { BenchCamera, CameraResult, Raised, ReportedFault } from './types.ts';
import { kindOf } from './types.ts';

export interface PlayOptions {
  readonly model: string;
  /** Each line that the program says; without it only errors, on standard error. */
  readonly onLine?: (line: string) => void;
}

/** Time for the last segment to close, and for evidence of the last incident to be cut and published. */
const SETTLE_S = 12;
const START_TIMEOUT_S = 120;

/** Plays all cameras at once; each clip begins when the program has connected. @throws Error when one never does. */
export async function play(
  cameras: readonly BenchCamera[],
  options: PlayOptions,
): Promise<readonly CameraResult[]> {
  const rig = new Rig(options.onLine ?? errorsOnly);
  const starts = new Map<string, number[]>(cameras.map(({ id }) => [id, []]));
  const noteLap = ({ name, atMs }: StreetLap): void => void starts.get(name)?.push(atMs);
  const clips = cameras.map(({ id, clip, faults = [] }) => ({
    name: id,
    path: clip.path,
    faults: [...clip.truth.serving, ...faults],
  }));
  const street = await serveStreet({ clips, loop: false, onLap: noteLap });
  const incidents: ReceivedEvent<IncidentEvent>[] = [];
  const health: ReceivedEvent<HealthEvent>[] = [];
  try {
    const broker = await rig.broker();
    const { child, metricsUrl } = await rig.program(
      cameras.map((camera) => cameraConfig(camera, street.urls[camera.id]!)),
      broker,
      { inference: { model: options.model } },
    );
    const watching = Promise.all([
      watchEvents<IncidentEvent>(broker, 'city.*.incident.>', (event) => void incidents.push(event)),
      watchEvents<HealthEvent>(broker, 'city.*.camera.health.>', (event) => void health.push(event)),
    ]);
    const watches = await Promise.race([watching, child.exited.then(ended)]);
    await until('every camera was opened', START_TIMEOUT_S, async () =>
      [...starts.values()].every((list) => list.length > 0),
    );
    const longestS = Math.max(...cameras.map(({ clip }) => clip.truth.durationS));
    await Promise.race([sleep((longestS + SETTLE_S) * 1000), child.exited.then(ended)]);
    const stoppedMs = Date.now();
    const frames = new Map<string, number>();
    for (const { id } of cameras)
      frames.set(id, await metric(metricsUrl, 'streetwatch_frames_total', { camera: id }));
    await child.stop(30_000);
    await sleep(500); // What was acknowledged last is still on its way to the reader.
    for (const watch of watches) await watch.close();
    return cameras.map((camera) => {
      const startsMs = starts.get(camera.id) ?? [];
      const pass = longestPass(startsMs, stoppedMs);
      return {
        camera,
        raised: raisedBy(camera.id, incidents, clipClock(startsMs)),
        faults: faultsOf(camera.id, health, clipClock([pass])),
        framesAnalysed: frames.get(camera.id) ?? 0,
        reopenedS: startsMs.filter((atMs) => atMs > pass).map((atMs) => (atMs - pass) / 1000),
      };
    });
  } finally {
    await street.stop();
    await rig.close();
  }
}

/** A camera that is gone after its clip is warned of every few seconds, as it should be; errors are worth a line. */
function errorsOnly(line: string): void {
  if (/"level":"(error|fatal)"/.test(line)) process.stderr.write(`${line.slice(0, 300)}\n`);
}

function ended(code: number | null): never {
  throw new Error(`the program ended by itself with code ${code}`);
}

type ClipClock = (atMs: number) => number;

/** Wall time to clip time. A camera that was opened again plays its clip anew; the last begin counts. */
function clipClock(startsMs: readonly number[]): ClipClock {
  return (atMs) => {
    const start = startsMs.findLast((one) => one <= atMs) ?? startsMs[0] ?? Number.NaN;
    return (atMs - start) / 1000;
  };
}

/** A camera may be opened twice at first, and again after a fault: the first long pass of its clip is looked at. */
function longestPass(startsMs: readonly number[], endMs: number): number {
  const lengths = startsMs.map((atMs, index) => (startsMs[index + 1] ?? endMs) - atMs);
  const longest = Math.max(...lengths);
  return startsMs[lengths.findIndex((length) => length >= 0.8 * longest)] ?? Number.NaN;
}

/** One entry for each incident, from all of its revisions. */
export function raisedBy(
  cameraId: string,
  events: readonly ReceivedEvent<IncidentEvent>[],
  clock: ClipClock,
): Raised[] {
  const own = events.filter(({ data }) => data.camera.id === cameraId);
  return own
    .filter(({ data }) => data.revision === 1)
    .map(({ data, storedAtMs }) => {
      const revisions = own.filter((one) => one.data.incidentId === data.incidentId);
      const clips = revisions.flatMap((one) => one.data.clips);
      const begins = clips.map(({ beginTime }) => clock(Date.parse(beginTime)));
      const clearedAt = revisions.at(-1)?.data.timing.clearedAt;
      const actor = data.measurements['actorLabel'];
      return {
        incidentId: data.incidentId,
        eventType: data.type,
        kind: kindOf(data.type),
        zoneId: data.zone.id,
        firstSeenS: clock(Date.parse(data.timing.firstSeen)),
        openedS: clock(Date.parse(data.timing.openedAt)),
        publishedS: clock(storedAtMs),
        clearedS: clearedAt === undefined ? undefined : clock(Date.parse(clearedAt)),
        boxes: data.objects.map(({ bbox }) => ({
          x1: bbox.leftTopX,
          y1: bbox.leftTopY,
          x2: bbox.rightBtmX,
          y2: bbox.rightBtmY,
        })),
        evidenceFromS: begins.length === 0 ? undefined : Math.min(...begins),
        actor: typeof actor === 'string' ? actor : undefined,
      };
    });
}

/** Each raising with the clearing that follows it. */
export function faultsOf(
  cameraId: string,
  events: readonly ReceivedEvent<HealthEvent>[],
  clock: ClipClock,
): ReportedFault[] {
  const own = events.filter(({ data }) => data.cameraId === cameraId).map(({ data }) => data);
  return own.flatMap((event, index) => {
    if (event.phase !== 'raised') return [];
    const cleared = own
      .slice(index + 1)
      .find(({ fault, phase }) => fault === event.fault && phase === 'cleared');
    const at = (text: string): number => clock(Date.parse(text));
    return [
      {
        fault: event.fault,
        sinceS: at(event.since),
        raisedS: at(event.at),
        clearedS: cleared === undefined ? undefined : at(cleared.at),
      },
    ];
  });
}

/** Plays in groups, so that the machine is not asked for more than it can analyse. @throws Error that names the group that failed. */
export async function playInGroups(
  cameras: readonly BenchCamera[],
  atOnce: number,
  options: PlayOptions & { readonly onGroup?: (results: readonly CameraResult[]) => void },
): Promise<CameraResult[]> {
  const all: CameraResult[] = [];
  for (let from = 0; from < cameras.length; from += atOnce) {
    const group = cameras.slice(from, from + atOnce);
    try {
      const results = await play(group, options);
      options.onGroup?.(results);
      all.push(...results);
    } catch (error) {
      const names = group.map(({ id }) => id).join(', ');
      throw new Error(`${names}: ${messageOf(error)}`, { cause: error });
    }
  }
  return all;
}
