/** Frames become a clip of the asked codec, with key frames at the asked distance and no frame lost. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import type { CameraSpec } from '../scenario/schema.ts';
import { encodeTo } from './encode.ts';

const CAMERA = { fps: 5, gopS: 2, crf: 28, widthPx: 320, heightPx: 180 } as const;
const FRAMES = 25;

describe('encodeTo', () => {
  const dir = mkdtempSync(join(tmpdir(), 'street-encode-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it.each([
    ['h264', 'h264', 'avc1'],
    ['h265', 'hevc', 'hvc1'],
  ] as const)('writes %s', async (codec, name, tag) => {
    const path = join(dir, `${codec}.mp4`);
    const encoder = encodeTo(path, { ...CAMERA, codec } as CameraSpec);
    for (let i = 0; i < FRAMES; i++) {
      const background = { r: 10 * i, g: 100, b: 60 };
      const create = { width: CAMERA.widthPx, height: CAMERA.heightPx, channels: 3, background } as const;
      await encoder.write(await sharp({ create }).jpeg().toBuffer());
    }
    await encoder.end();
    const shown = ['-show_entries', 'stream=codec_name,codec_tag_string,width:packet=flags', '-of', 'json'];
    const found: {
      streams: Record<string, unknown>[];
      packets: { flags: string }[];
    } = JSON.parse(execFileSync('ffprobe', ['-v', 'error', ...shown, path]).toString());
    expect(found.streams[0]).toEqual({ codec_name: name, codec_tag_string: tag, width: CAMERA.widthPx });
    const keys = found.packets.flatMap(({ flags }, index) => (flags.startsWith('K') ? [index] : []));
    expect(found.packets).toHaveLength(FRAMES);
    expect(keys).toEqual([0, 10, 20]);
  });

  it('leaves neither ffmpeg nor half a clip behind when drawing fails', async () => {
    const path = join(dir, 'broken-off.mp4');
    const encoder = encodeTo(path, { ...CAMERA, codec: 'h264' } as CameraSpec);
    const create = { width: 320, height: 180, channels: 3, background: { r: 9, g: 9, b: 9 } } as const;
    for (let i = 0; i < 5; i++) await encoder.write(await sharp({ create }).jpeg().toBuffer());
    await encoder.abort();
    await expect(encoder.end()).rejects.toThrow(/broken-off/);
    expect(existsSync(path)).toBe(false);
  });

  it('has key frames alone where they come more often than pictures', async () => {
    const path = join(dir, 'keys.mp4');
    const encoder = encodeTo(path, { ...CAMERA, fps: 1, gopS: 0.2, codec: 'h265' } as CameraSpec);
    const create = { width: 320, height: 180, channels: 3, background: { r: 9, g: 9, b: 9 } } as const;
    for (let i = 0; i < 4; i++) await encoder.write(await sharp({ create }).jpeg().toBuffer());
    await encoder.end();
    const shown = ['-show_entries', 'packet=flags', '-of', 'csv=p=0'];
    const flags = execFileSync('ffprobe', ['-v', 'error', ...shown, path])
      .toString()
      .trim()
      .split('\n');
    expect(flags.map((flag) => flag[0])).toEqual(['K', 'K', 'K', 'K']);
  });
});
