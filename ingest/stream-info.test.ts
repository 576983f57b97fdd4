/** ffmpeg's own description of its input, as versions 4 to 7 word it. */

import { describe, expect, it } from 'vitest';

import { StreamInfoReader } from './stream-info.ts';

const after = '[info] Stream mapping:';

describe('StreamInfoReader', () => {
  it.each([
    [
      'RTSP',
      [
        "[info] Input #0, rtsp, from 'rtsp://h/x':",
        '[info]   Stream #0:0: Video: h264 (High), yuv420p(progressive), 320x240 [SAR 1:1 DAR 4:3], 25 fps, 25 tbr, 90k tbn',
        after,
      ],
      { codec: 'h264', width: 320, height: 240, rotation: 0, fps: 25 },
    ],
    [
      'a codec tag that looks like a size',
      [
        "[info] Input #0, mov,mp4, from 'a.mp4':",
        '[info]   Stream #0:0[0x1](und): Video: hevc (Main) (hev1 / 0x31637668), yuv420p(tv, bt709), 1920x1080, 4000 kb/s, 29.97 fps, 29.97 tbr',
        after,
      ],
      { codec: 'hevc', width: 1920, height: 1080, rotation: 0, fps: 29.97 },
    ],
    [
      'sound before the picture',
      [
        "[info] Input #0, mpegts, from 'a.ts':",
        '[info]   Stream #0:0[0x101]: Audio: aac (LC), 48000 Hz',
        '[info]   Stream #0:1[0x100]: Video: mjpeg (Baseline), yuvj420p(pc), 1281x719, 90k tbn',
        after,
      ],
      { codec: 'mjpeg', width: 1281, height: 719, rotation: 0 },
    ],
    [
      'a quarter turn',
      [
        "[info] Input #0, mov,mp4, from 'a.mp4':",
        '[info]   Stream #0:0: Video: h264 (avc1 / 0x31637661), yuv420p, 1280x720, 30 fps',
        '[info]       displaymatrix: rotation of -90.00 degrees',
        after,
      ],
      { codec: 'h264', width: 720, height: 1280, rotation: -90, fps: 30 },
    ],
  ])('%s', (_what, lines, track) => {
    const reader = new StreamInfoReader();
    for (const line of lines) {
      expect(reader.track).toBeUndefined();
      reader.line(line);
    }
    expect(reader.track).toEqual(track);
  });

  it('knows an input without a picture as opened', () => {
    const reader = new StreamInfoReader();
    reader.line("[info] Input #0, wav, from 'a.wav':");
    reader.line('[info]   Stream #0:0: Audio: pcm_s16le, 44100 Hz');
    reader.line(after);
    expect(reader).toMatchObject({ opened: true, track: undefined });
  });

  it('does not take the output for the input', () => {
    const reader = new StreamInfoReader();
    reader.line('[info]   Stream #0:0: Video: rawvideo, rgb24, 416x416, 5 fps');
    expect(reader).toMatchObject({ opened: false, track: undefined });
  });
});
