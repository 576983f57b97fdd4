// `npm run demo`: sets the machine up, builds, and runs benchmarks/demo. Everything but incidents goes to standard error.
import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
setup('demo');
execFileSync(process.execPath, [`${root}scripts/build.mjs`], { stdio: ['ignore', 2, 2] });
const demo = spawn(process.execPath, [`${root}dist/benchmarks/demo/main.js`, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// Ctrl-C reaches the demo as well, which ends its children; this process only waits for it.
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => demo.kill(name));
demo.on('exit', (code) => process.exit(code ?? 1));
