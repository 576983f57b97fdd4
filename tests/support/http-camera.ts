/** A camera that needs nothing but ffmpeg: H.264 over plain HTTP. */

import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A camera that speaks HTTP: each viewer gets its own endless MPEG transport stream of H.264. */
export async function openHttpCamera(): Promise<{
  url: string;
  connections: () => number;
  close(): Promise<void>;
}> {
  let open = 0;
  const server = createServer((request, reply) => {
    const input = ['-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=10'];
    const output = [
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-tune',
      'zerolatency',
      '-pix_fmt',
      'yuv420p',
      '-g',
      '10',
    ];
    const ffmpeg = spawn('ffmpeg', [...input, ...output, '-f', 'mpegts', '-'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    open++;
    reply.writeHead(200, { 'content-type': 'video/mp2t' });
    ffmpeg.stdout.pipe(reply);
    request.on('close', () => ffmpeg.kill('SIGKILL'));
    reply.on('close', () => ffmpeg.kill('SIGKILL'));
    ffmpeg.on('close', () => {
      open--;
      reply.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/camera.ts`,
    connections: () => open,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
