/** `npm run bench:end-to-end`: plays scenarios through the whole program and prints how right and how late it was. */

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { messageOf, packagePath } from '../../core/index.ts';
import { wholeNumber } from '../street/arguments.ts';
import { countsOf, type Golden, worseThan } from './golden.ts';
import { judge } from './judge.ts';
import { faultyCameras, findClips, parseSampling, soundCameras } from './plan.ts';
import { playInGroups } from './play.ts';
import { Conditions, recordSection } from './record.ts';
import { accuracyReport, cameraLine, faultReport } from './report.ts';
import type { CameraResult } from './types.ts';

interface Flags {
  readonly clips?: string;
  readonly only?: string;
  readonly sampling?: string;
  readonly atOnce: number;
  readonly repeat: number;
  readonly model: string;
  readonly faults: boolean;
  readonly log?: string;
  readonly record?: string;
  readonly update?: true;
}

const positive = wholeNumber(1);

const flags = new Command('npm run bench:end-to-end --')
  .description(
    'plays scenarios through the whole program, from RTSP to JetStream, and compares with the truth',
  )
  .option('--clips <dir>', 'clips that `streetwatch-street render` wrote; without it those of the repository')
  .option('--only <words>', 'only clips and faulty cameras whose name contains one of these words')
  .option(
    '--sampling <list>',
    'frames a second and "keyframes", separated by commas; default 10,5,2,keyframes, with --clips 5',
  )
  .option('--at-once <number>', 'cameras at a time', positive, 3)
  .option('--repeat <number>', 'play everything so many times', positive, 1)
  .option('--model <id>', 'as `streetwatch models list` prints it', 'streetwatch-fast')
  .option('--no-faults', 'leave out cameras that go wrong')
  .option('--log <file>', 'append what the program says to this file')
  .option('--record <section>', 'put the tables into this section of docs/reference/accuracy.md')
  .option('--update', 'write the counts at 5 frames a second to the golden file')
  .parse()
  .opts<Flags>();

const dir = mkdtempSync(join(tmpdir(), 'streetwatch-end-to-end-'));
try {
  await bench();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const folder = flags.clips === undefined ? undefined : resolve(flags.clips);
  const clips = findClips(folder);
  const words = flags.only?.split(',');
  const isAsked = (name: string): boolean => words?.some((word) => name.includes(word)) ?? true;
  const samplings = (flags.sampling ?? (folder === undefined ? '10,5,2,keyframes' : '5')).split(',');
  const sound = clips.sound.filter(({ name }) => isAsked(name));
  const cameras = soundCameras(sound, samplings.map(parseSampling));
  const faulty = flags.faults ? faultyCameras(clips, dir, isAsked) : [];
  const conditions = new Conditions(flags.model);
  const onGroup = (results: readonly CameraResult[]): void => {
    for (const result of results) console.log(cameraLine(judge(result)));
  };
  const { log } = flags;
  const onLine = log === undefined ? {} : { onLine: (line: string) => appendFileSync(log, `${line}\n`) };
  const options = { model: flags.model, onGroup, ...onLine };
  const rounds: CameraResult[] = [];
  for (let round = 0; round < flags.repeat; round++)
    rounds.push(...(await playInGroups(cameras, flags.atOnce, options)));
  const judged = rounds.map(judge);
  const faults = (await playInGroups(faulty, flags.atOnce, options)).map(judge);
  const tables = [
    conditions.describe([...judged, ...faults]),
    ...(judged.length > 0 ? [accuracyReport(judged)] : []),
    ...(faults.length > 0 ? [faultReport(faults)] : []),
  ].join('\n\n');
  console.log(`\n${tables}`);
  if (flags.record !== undefined) await recordSection(flags.record, tables);
  if (folder === undefined && words === undefined) holdAgainstGolden(judged);
}

/** The golden file is about the clips of the repository at 5 frames a second, played once. */
function holdAgainstGolden(judged: readonly ReturnType<typeof judge>[]): void {
  const path = packagePath('benchmarks', 'golden', 'end-to-end.json');
  const atFive = judged.filter(
    ({ result: { camera } }) => camera.sampling.decode === 'fps' && camera.sampling.fps === 5,
  );
  if (atFive.length !== 3) return;
  const golden: Golden = JSON.parse(readFileSync(path, 'utf8'));
  const kinds = countsOf(atFive);
  if (flags.update === true) {
    writeFileSync(path, `${JSON.stringify({ ...golden, kinds }, undefined, 2)}\n`);
    return;
  }
  const worse = worseThan(golden, kinds);
  console.log(`\n${worse.length === 0 ? 'as good as the golden counts' : worse.join('\n')}`);
  if (worse.length > 0) process.exitCode = 1;
}
