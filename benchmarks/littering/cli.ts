/** Command of the benchmark of left objects: what the static-foreground detector costs in false alarms on real clips. */

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packagePath, silentLog } from '../../core/index.ts';
import type { BoxNorm, Detection, FrameRef } from '../../core/index.ts';
import { contentSize, createDetector } from '../../inference/index.ts';
import { listModels } from '../../models/index.ts';
import { createRules } from '../../rules/index.ts';
import { StaticForeground, Tracker } from '../../tracking/index.ts';
import { FIRE_CLIPS, readClip } from '../fire/index.ts';

const { values } = parseArgs({
  options: {
    video: { type: 'string', default: packagePath('..', 'shared', 'data', 'video') },
    model: { type: 'string', default: 'streetwatch-fast' },
    fps: { type: 'string', default: '2' },
    exposedAfterS: { type: 'string', default: '10' },
  },
});
const START_MS = 1_700_000_000_000;
const model = listModels().find((entry) => entry.manifest.id === values.model);
if (model === undefined || !model.present) throw new Error(`the weights of ${values.model} are not here`);
const { manifest, modelPath } = model;
const detector = await createDetector({ manifest, modelPath, sessions: 1, log: silentLog });
const zone: { x: number; y: number }[] = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];

/** One way of watching: with or without the class `object`. */
class Watch {
  private readonly tracker = new Tracker({ cameraId: 'clip' });
  private readonly rules;
  raised: { atS: number; box: BoxNorm }[] = [];
  known: Detection['box'][] = [];

  constructor(labels: readonly string[]) {
    this.rules = createRules([
      {
        ruleId: 'clean',
        ruleVersion: 1,
        kind: 'littering',
        cameraId: 'clip',
        zone: { zoneId: 'all', version: 1, name: 'all', polygon: zone },
        params: { labels, exposedAfterS: Number(values.exposedAfterS) },
      },
    ]);
  }

  see(ref: FrameRef, detections: readonly Detection[]): void {
    const tracked = this.tracker.update(ref, detections);
    this.known = tracked.tracks.filter(({ label }) => label !== 'object').map(({ box }) => box);
    for (const signal of this.rules.evaluate(tracked, { faults: [] })) {
      if (signal.phase === 'raised')
        this.raised.push({ atS: (signal.atMs - START_MS) / 1000, box: signal.box });
    }
  }
}

let seconds = 0;
const totals = { without: 0, with: 0 };
for (const clip of FIRE_CLIPS) {
  const left = new StaticForeground();
  const without = new Watch(['garbage', 'overflow']);
  const withObjects = new Watch(['garbage', 'overflow', 'object']);
  let lastS = 0;
  let proposals = 0;
  for await (const frame of readClip(join(values.video, clip.file), {
    ...detector.canvas,
    padValue: detector.padValue,
    fps: Number(values.fps),
    startMs: START_MS,
    contentSize,
  })) {
    const proposed = left.observe(frame, withObjects.known);
    proposals += proposed.length;
    const detections = await detector.detect(frame);
    without.see(frame.ref, detections);
    withObjects.see(frame.ref, [...detections, ...proposed]);
    lastS = frame.ref.ptsMs / 1000;
  }
  seconds += lastS;
  totals.without += without.raised.length;
  totals.with += withObjects.raised.length;
  const places = withObjects.raised.map(
    ({ atS, box }) => `${atS} s at ${box.x1.toFixed(2)},${box.y1.toFixed(2)}`,
  );
  console.log(
    `${clip.name.padEnd(18)} ${lastS.toFixed(0).padStart(4)} s  proposals ${proposals}, alarms ${without.raised.length} without, ${withObjects.raised.length} with object  ${places.join('; ')}`.trimEnd(),
  );
}
await detector.close();
const hourly = (count: number): string => ((count * 3600) / Math.max(1, seconds)).toFixed(0);
console.log(
  `${Math.round(seconds)} s without litter: ${hourly(totals.without)} false alarms an hour without, ${hourly(totals.with)} with object (exposedAfterS ${values.exposedAfterS})`,
);
