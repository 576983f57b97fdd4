#!/usr/bin/env node
/** The command `streetwatch-street`: renders scenarios, and plays scenarios and clips as live RTSP cameras. */

import { resolve } from 'node:path';
import { Command, Option } from 'commander';

import { messageOf, packagePath } from '../../core/index.ts';
import { moments, wholeNumber } from './arguments.ts';
import { renderStills } from './render/render-stills.ts';
import { renderScenario } from './render/render-scenario.ts';
import { loadScenario } from './scenario/load.ts';
import { type VariantChoice, variantOf } from './scenario/variant.ts';
import { clipToServe, scenarioPath } from './serve/clip-to-serve.ts';
import { serveStreet, type StreetClip } from './serve/serve-street.ts';
import { expectedTruth } from './timeline/expected.ts';

const program = new Command('streetwatch-street').description(
  'A street of our own: rendered camera footage with exact truth.',
);

program
  .command('render')
  .description('Render scenarios to NAME.mp4, NAME.truth.jsonl.gz and NAME.incidents.json.')
  .argument('<scenario...>', 'scenario files, or names of the scenarios that come with the program')
  .requiredOption('--out <dir>', 'folder for the files')
  .option('--still <seconds>', 'only a picture of this moment; may be given several times', moments)
  .addOption(new Option('--light <light>', 'other light').choices(['day', 'dusk', 'night']))
  .addOption(new Option('--weather <weather>', 'other weather').choices(['clear', 'overcast', 'rain']))
  .addOption(new Option('--codec <codec>', 'other codec').choices(['h264', 'h265']))
  .option('--fps <number>', 'other frame rate, 1 to 30', wholeNumber(1, 30))
  .option('--seconds <number>', 'only the beginning of the scenario', wholeNumber(1))
  .action(async (names: string[], options: { out: string; still?: number[] } & VariantChoice) => {
    for (const name of names) {
      const scenario = variantOf(loadScenario(scenarioPath(name)), options);
      const began = performance.now();
      const { files, frames } = await renderScenario(scenario, {
        outDir: resolve(options.out),
        ...(options.still === undefined ? {} : { stillsAtS: options.still }),
        onFrame: (done, total) => {
          if (process.stderr.isTTY) process.stderr.write(`\r${scenario.name} ${done}/${total}`);
        },
      });
      const seconds = (performance.now() - began) / 1000;
      if (process.stderr.isTTY) process.stderr.write('\r');
      console.log(
        JSON.stringify({ scenario: scenario.name, frames, files, secondsPerFrame: round(seconds / frames) }),
      );
    }
  });

program
  .command('stills')
  .description(
    'Render pictures of random streets, half of them dark, with the boxes of what is in them, to learn from.',
  )
  .requiredOption(
    '--out <dir>',
    'data set; gets images/SPLIT/SOURCE-NUMBER.jpg and labels/SPLIT/SOURCE-NUMBER.txt',
  )
  .option('--split <name>', 'part of the data set', 'train')
  .option('--count <number>', 'pictures', wholeNumber(1), 300)
  .option('--seed <number>', 'seed of the first street', wholeNumber(0), 1000)
  .option('--per-street <number>', 'pictures of one street', wholeNumber(1), 8)
  .action(async (options: { out: string; split: string; count: number; seed: number; perStreet: number }) => {
    const began = performance.now();
    const stills = await renderStills({
      outDir: resolve(options.out),
      split: options.split,
      count: options.count,
      firstSeed: options.seed,
      perScene: options.perStreet,
      onStill: (done) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${done}/${options.count}`);
      },
    });
    const seconds = (performance.now() - began) / 1000;
    console.log(JSON.stringify({ stills, secondsPerStill: round(seconds / stills) }));
  });

program
  .command('expect')
  .description('Print the zones of a scenario and the incidents that it ought to raise, without rendering.')
  .argument('<scenario>', 'scenario file or name')
  .action((name: string) => {
    console.log(JSON.stringify(expectedTruth(loadScenario(scenarioPath(name))), undefined, 2));
  });

program
  .command('serve')
  .description(
    'Play scenarios that have been rendered, or any clips, as live RTSP cameras until interrupted.',
  )
  .argument('<what...>', 'scenario names, scenario files, or video files')
  .option('--port <number>', 'TCP port on 127.0.0.1; 0 takes a free one', wholeNumber(0, 65_535), 8554)
  .option('--once', 'play every clip once instead of in a loop')
  .option(
    '--copies <number>',
    'cameras per clip; from two on they are called NAME-1, NAME-2, …',
    wholeNumber(1),
    1,
  )
  .option('--clips <dir>', 'where rendered scenarios lie', packagePath('benchmarks', 'street', 'clips'))
  .option('--username <name>', 'ask for this user name')
  .option('--password <word>', 'and this password')
  .action(async (what: string[], options: ServeFlags) => {
    const clips = what.flatMap((name) => copiesOf(clipToServe(name, resolve(options.clips)), options.copies));
    const server = await serveStreet({
      clips,
      port: options.port,
      loop: options.once !== true,
      ...(options.username === undefined
        ? {}
        : { username: options.username, password: options.password ?? '' }),
    });
    console.log(JSON.stringify({ ready: true, port: server.port, urls: server.urls }));
    const interrupted = new Promise<void>((finished) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => finished());
    });
    await Promise.race([interrupted, server.ended]);
    await server.stop();
  });

interface ServeFlags {
  readonly port: number;
  readonly once?: boolean;
  readonly copies: number;
  readonly clips: string;
  readonly username?: string;
  readonly password?: string;
}

function copiesOf(clip: StreetClip, count: number): StreetClip[] {
  if (count <= 1) return [clip];
  return Array.from({ length: count }, (_, i) => ({ ...clip, name: `${clip.name}-${i + 1}` }));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

program.parseAsync().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
