// Compiles the program into dist/ and, when its sources are newer than its bundle, the console.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => `${root}node_modules/.bin/${name}`;
const run = (name, args) => execFileSync(bin(name), args, { cwd: root, stdio: ['ignore', 2, 2] });

run('tsc', ['-p', 'tsconfig.build.json']);
if (existsSync(`${root}console/vite.config.ts`)) run('vite', ['build', '--logLevel', 'warn', 'console']);
