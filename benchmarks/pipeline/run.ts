/** `npm run bench:pipeline`: prints what the pipeline costs and how fast it is. Ratios are of one run on one machine. */

import { availableParallelism, cpus } from 'node:os';
import { measureCameras } from './cameras.ts';
import { measureLatency, percentile } from './latency.ts';
import { measureThroughput } from './throughput.ts';
import type { Throughput } from './throughput.ts';

const only = process.argv[2];
const wanted = (name: string): boolean => only === undefined || only === name;
const row = (...cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);
const mib = (bytes: number): string => (bytes / 1024 ** 2).toFixed(0);
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}\n`);

if (wanted('throughput')) {
  const rounds = await measureThroughput('streetwatch-fast', 3);
  row('round', 'pipeline frames/s', 'bare session.run frames/s', 'ratio', 'ratio beside decoding');
  row('---', '---', '---', '---', '---');
  const cores = availableParallelism();
  const ratios = rounds.map(({ bare, pipeline }) => ({
    whole: pipeline.fps / bare.fps,
    rest: pipeline.fps / (bare.fps * (1 - (pipeline.ffmpegMs * pipeline.fps) / 1000 / cores)),
  }));
  for (const [i, { bare, pipeline }] of rounds.entries()) {
    const { whole, rest } = ratios[i]!;
    row(i + 1, pipeline.fps.toFixed(1), bare.fps.toFixed(1), whole.toFixed(2), rest.toFixed(2));
  }
  console.log(
    `\nmedian ratio ${median(ratios.map((r) => r.whole)).toFixed(2)} with decoding on the same cores, ` +
      `${median(ratios.map((r) => r.rest)).toFixed(2)} of what decoding leaves (aim 0.95)\n`,
  );
  row('CPU ms a frame, median', 'ms');
  row('---', '---');
  const parts = [
    ['bare session.run', ({ bare }) => bare.cpuMs],
    ['inference threads', ({ pipeline }) => pipeline.inferenceMs],
    ['main thread', ({ pipeline }) => pipeline.mainThreadMs],
    ['other threads', ({ pipeline }) => pipeline.otherThreadsMs],
    ['ffmpeg', ({ pipeline }) => pipeline.ffmpegMs],
  ] as const satisfies readonly (readonly [string, (round: Throughput) => number])[];
  for (const [name, of] of parts) row(name, median(rounds.map(of)).toFixed(2));
  console.log();
}

if (wanted('cameras')) {
  row(
    'decode',
    'cameras',
    'ffmpeg CPU s/s',
    'bare ffmpeg CPU s/s',
    'ratio',
    'our CPU s/s',
    'ffmpeg MiB',
    'our MiB',
  );
  row('---', '---', '---', '---', '---', '---', '---', '---');
  for (const decode of ['keyframes', 'fps'] as const) {
    for (const count of [1, 4, 16]) {
      const cost = await measureCameras(decode, count);
      row(
        decode === 'fps' ? 'all, 5 fps' : 'key frames',
        count,
        cost.ffmpeg.toFixed(3),
        cost.bare.toFixed(3),
        (cost.ffmpeg / cost.bare).toFixed(2),
        cost.ours.toFixed(3),
        mib(cost.ffmpegBytes),
        mib(cost.oursBytes),
      );
    }
  }
  console.log('\nper camera; 1080p25 H.264 over RTSP; aim ratio 1.1\n');
}

if (wanted('latency')) {
  const sorted = await measureLatency();
  console.log(
    `captured → acknowledged, ${sorted.length} incidents on 4 cameras at 5 fps: ` +
      [0.5, 0.95, 0.99]
        .map((share) => `p${share * 100} ${percentile(sorted, share).toFixed(0)} ms`)
        .join(', ') +
      ' (aim p95 < 300 ms)',
  );
}
