/** How many pictures the change gate lets through to the detector, and what it costs: `node dist/benchmarks/gate/cli.js [CLIP…]`. */

import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { ChangeGate, contentSize } from '../../inference/index.ts';
import { readClip } from '../fire/read-clip.ts';
import type { ClipSource } from '../fire/read-clip.ts';
import { committedClip } from '../street/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { fps: { type: 'string', default: '5' }, idle: { type: 'string', default: '1' } },
});
const fps = Number(values.fps);
const parking = committedClip('parking').path;
/** The first picture of a clip for 20 s, with the noise of a dark night (σ about 8) that is another in each picture. */
const nobody = `movie=${parking},select=eq(n\\,0),loop=-1:1,setpts=N/(10*TB),trim=duration=20,noise=alls=24:allf=t`;

const clips: [name: string, from: ClipSource][] = [
  ['a street in which nothing moves, noisy (made)', { made: nobody }],
  ...[parking, committedClip('littering').path, committedClip('fire').path, ...positionals].map(
    (path): [string, string] => [basename(path), path],
  ),
];

console.log('| clip | pictures | let through | share | ms a picture |\n| --- | --: | --: | --: | --: |');
for (const [name, from] of clips) {
  const gate = new ChangeGate({ idleIntervalMs: 1000 / Number(values.idle) });
  let pictures = 0;
  let through = 0;
  let spentMs = 0;
  const canvas = { width: 320, height: 320, padValue: 114, fps, startMs: 0, contentSize };
  for await (const frame of readClip(from, canvas)) {
    const began = performance.now();
    if (gate.opens(frame)) through++;
    spentMs += performance.now() - began;
    pictures++;
  }
  const share = (through / pictures).toFixed(2);
  console.log(`| ${name} | ${pictures} | ${through} | ${share} | ${(spentMs / pictures).toFixed(2)} |`);
}
