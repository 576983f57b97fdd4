/** The clips in the repository are what their scenarios say, small enough, and complete. */

import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { packagePath } from '../../core/index.ts';
import { committedClip, readTruth } from './clips.ts';
import { loadScenario } from './scenario/load.ts';
import { expectedTruth } from './timeline/expected.ts';
import { worldOf } from './timeline/world.ts';

const folder = packagePath('benchmarks', 'street', 'clips');
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.mp4') ? [file.slice(0, -4)] : []));

describe('the clips that are kept', () => {
  it('are the three of the demo, and not larger than 8 MB together', () => {
    expect(names.toSorted()).toEqual(['fire', 'littering', 'parking']);
    const bytes = readdirSync(folder).map((file) => statSync(`${folder}/${file}`).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(8_000_000);
  });

  describe.each(names)('%s', (name) => {
    const clip = committedClip(name);
    const scenario = loadScenario(packagePath('benchmarks', 'street', 'scenarios', `${name}.yaml`));
    const truth = readTruth(clip.truthPath);

    it('has the pictures, the size and the key frames of its scenario, and truth for every frame', () => {
      const shown = execFileSync('ffprobe', [
        '-v',
        'error',
        '-select_streams',
        'v',
        '-show_entries',
        'stream=codec_name,width,height,avg_frame_rate:packet=flags',
        '-of',
        'json',
        clip.path,
      ]);
      const found: {
        streams: { codec_name: string; width: number; height: number; avg_frame_rate: string }[];
        packets: { flags: string }[];
      } = JSON.parse(shown.toString());
      const { camera, durationS } = scenario;
      expect(found.streams[0]).toMatchObject({
        codec_name: camera.codec,
        width: camera.widthPx,
        height: camera.heightPx,
        avg_frame_rate: `${camera.fps}/1`,
      });
      expect(found.packets).toHaveLength(durationS * camera.fps);
      const keys = found.packets.flatMap(({ flags }, index) => (flags.startsWith('K') ? [index] : []));
      expect(keys).toEqual(keys.map((_, index) => index * camera.gopS * camera.fps));
      expect(truth.map(({ frame }) => frame)).toEqual(found.packets.map((_, index) => index));
    });

    it('still expects what its scenario does', () => {
      expect(clip.truth).toEqual(expectedTruth(scenario));
    });

    it('leaves at least five quiet seconds before the event, and raises it within a minute', () => {
      expect(clip.truth.incidents).toHaveLength(1);
      expect(clip.truth.incidents[0]!.fromS).toBeGreaterThanOrEqual(8);
      expect(clip.truth.incidents[0]!.dueS).toBeLessThan(40);
    });

    it('has sane boxes of things that are in the street at that moment', () => {
      const world = worldOf(scenario);
      const { widthPx, heightPx } = scenario.camera;
      const faults = truth.flatMap(({ atS, objects }) => {
        const present = new Set([...world(atS).actors, ...world(atS).things].map(({ id }) => id));
        return objects.filter(({ id, box: [x1, y1, x2, y2], visible }) => {
          const inside = x1 >= 0 && y1 >= 0 && x2 <= widthPx && y2 <= heightPx && x2 > x1 && y2 > y1;
          return !inside || visible < 0 || visible > 1 || !present.has(id.replace(/-smoke$/, ''));
        });
      });
      expect(faults).toEqual([]);
      expect(
        truth.some(({ objects }) => objects.some(({ id }) => id === clip.truth.incidents[0]!.objectId)),
      ).toBe(true);
    });
  });
});
