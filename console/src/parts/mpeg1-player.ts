/** JSMpeg on a canvas, without WebAssembly: the content security policy allows no code but our files. */

import JSMpeg from '@cycjimmy/jsmpeg-player';

/** Starts a player, which connects again by itself when the stream ends; returns how to end it. */
export function startMpeg1Player(
  url: string,
  canvas: HTMLCanvasElement,
  events: { playing(): void },
): () => void {
  const player = new JSMpeg.Player(url, {
    canvas,
    audio: false,
    disableGl: false,
    disableWebAssembly: true,
    videoBufferSize: 1024 * 1024,
    onVideoDecode: events.playing,
  });
  return () => player.destroy();
}
