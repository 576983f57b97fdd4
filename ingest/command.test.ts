/** The command line that a camera gets. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { silentLog } from '../core/index.ts';
import { ManualClock } from '../core/index.ts';
import { contentSize, sourceArguments } from './command.ts';
import { parseSourceUrl } from './source-url.ts';
import type { SourceOptions } from './source.ts';
import { sourceInput } from './sources/index.ts';

const options: SourceOptions = {
  cameraId: 'gate',
  url: 'rtsp://u:p@camera/1?x=$(reboot) ; rm -rf',
  transport: 'udp',
  decode: { policy: 'fps', fps: 5 },
  canvas: { width: 416, height: 416 },
  pacing: 'realtime',
  stallAfterMs: 10_000,
  segments: { dir: '/segments', segmentMs: 3_000 },
  clock: new ManualClock(),
  log: silentLog,
};

function argumentsFor(more: Partial<SourceOptions> = {}, recorded = true): string[] {
  const all = { ...options, ...more };
  const { kind, input } = parseSourceUrl(all.url);
  const how = sourceInput(kind, {
    transport: all.transport,
    pacing: all.pacing,
    loop: all.loop ?? false,
    silenceMs: 20_000,
  });
  return sourceArguments(input, how, { ...all, recorded });
}

/** The argument behind an option. */
const valueOf = (args: readonly string[], option: string): string | undefined =>
  args[args.indexOf(option) + 1];

describe('sourceArguments', () => {
  it('hands the address on as one argument behind -i', () => {
    const args = argumentsFor();
    expect(valueOf(args, '-i')).toBe(options.url);
    expect(args.filter((arg) => arg.includes('reboot'))).toHaveLength(1);
  });

  it('says which protocols ffmpeg may use, before the input', () => {
    const args = argumentsFor();
    expect(args.indexOf('-protocol_whitelist')).toBeLessThan(args.indexOf('-i'));
    expect(valueOf(args, '-protocol_whitelist')).not.toMatch(/file|http|concat|pipe/);
    expect(valueOf(argumentsFor({ url: '/a.mp4' }), '-protocol_whitelist')).toBe('file');
    expect(valueOf(argumentsFor({ url: 'https://h/a.m3u8' }), '-protocol_whitelist')).not.toMatch(
      /file|rtsp|pipe/,
    );
  });

  it('follows each option', () => {
    expect(valueOf(argumentsFor(), '-rtsp_transport')).toBe('udp');
    expect(valueOf(argumentsFor(), '-segment_time')).toBe('3');
    expect(argumentsFor({}, false)).not.toContain('segment');
    expect(argumentsFor()).not.toContain('-skip_frame');
    expect(valueOf(argumentsFor({ decode: { policy: 'keyframes' } }), '-skip_frame')).toBe('nokey');
    expect(argumentsFor({ url: '/a.mp4' })).toContain('-re');
    expect(argumentsFor({ url: '/a.mp4', pacing: 'asap' })).not.toContain('-re');
    expect(valueOf(argumentsFor({ url: '/a.mp4', loop: true }), '-stream_loop')).toBe('-1');
  });
});

describe('contentSize', () => {
  it('fits any picture into the canvas, touching one side, in its own proportions', () => {
    const side = fc.integer({ min: 1, max: 8_192 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 16, max: 1_280 }), (width, height, canvas) => {
        const fitted = contentSize({ width, height }, { width: canvas, height: canvas });
        expect(Math.max(fitted.width, fitted.height)).toBe(canvas);
        expect(Math.min(fitted.width, fitted.height)).toBeGreaterThanOrEqual(1);
        const exact = (Math.min(width, height) / Math.max(width, height)) * canvas;
        expect(Math.abs(Math.min(fitted.width, fitted.height) - Math.max(1, exact))).toBeLessThanOrEqual(
          0.5 + 1e-9,
        );
      }),
    );
  });
});
