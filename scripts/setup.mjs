// Brings a bare machine to where the program runs: npm packages, and the system packages that are missing.
// Used by `npm run demo`, `npm test` and `.ci/run`; a second run only looks and returns within a second.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const runs = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const rtspServer =
  'import gi\ngi.require_version("Gst","1.0")\ngi.require_version("GstRtspServer","1.0")\n' +
  'from gi.repository import Gio, Gst, GstRtspServer\nGst.init(None)\n' +
  'assert Gio.TlsBackend.get_default().supports_tls()\n' +
  'assert all(Gst.ElementFactory.find(n) for n in ("qtdemux","h264parse","h265parse","rtph264pay","rtph265pay"))';

/** What the program (`demo`) and the tests need: how to see that it is there, and the Debian packages that bring it. */
const needs = [
  {
    what: 'ffmpeg',
    for: ['demo', 'test'],
    there: () => runs('ffmpeg', ['-version']) && runs('ffprobe', ['-version']),
    packages: ['ffmpeg'],
  },
  {
    what: 'nats-server',
    for: ['demo', 'test'],
    there: () => runs('nats-server', ['--version']),
    packages: ['nats-server'],
  },
  {
    what: 'GStreamer RTSP server',
    for: ['demo', 'test'],
    there: () => runs('/usr/bin/python3', ['-c', rtspServer]),
    packages: [
      'python3',
      'python3-gi',
      'gir1.2-gst-rtsp-server-1.0',
      'gstreamer1.0-plugins-base',
      'gstreamer1.0-plugins-good',
      'gstreamer1.0-plugins-bad',
      'glib-networking',
    ],
  },
  { what: 'Chromium', for: ['test'], there: () => runs('chromium', ['--version']), packages: ['chromium'] },
  {
    what: 'a Chinese font',
    for: ['demo', 'test'],
    there: () => spawnSync('fc-list', [':lang=zh-cn'], { encoding: 'utf8' }).stdout?.trim().length > 0,
    packages: ['fontconfig', 'fonts-noto-cjk'],
  },
];

/** Installs npm packages when the lock file is not the one that was installed last. */
function npmPackages() {
  const hash = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex');
  const stamp = `${root}node_modules/.streetwatch-setup`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  console.error('setup: installing npm packages (npm ci)');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2] });
  writeFileSync(stamp, hash);
}

/** Installs missing system packages through apt, or says how to and exits with 1. */
function systemPackages(purpose) {
  const missing = needs.filter((need) => need.for.includes(purpose) && !need.there());
  if (missing.length === 0) return;
  const packages = [...new Set(missing.flatMap((need) => need.packages))];
  const names = missing.map((need) => need.what).join(', ');
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const mayInstall = runs('apt-get', ['--version']) && (sudo.length === 0 || runs('sudo', ['-n', 'true']));
  const byHand = `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!mayInstall) {
    console.error(`setup: missing: ${names}. Run this, then start again:\n\n  ${byHand}\n`);
    process.exit(1);
  }
  console.error(`setup: missing: ${names}; installing ${packages.join(' ')}`);
  const apt = (...args) => {
    const [command, ...rest] = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    return spawnSync(command, rest, { stdio: ['ignore', 2, 2] }).status === 0;
  };
  apt('-qq', 'update');
  const installed = apt('-qq', 'install', '-y', '--no-install-recommends', ...packages);
  const still = missing.filter((need) => !need.there());
  if (!installed || still.length > 0) {
    console.error(
      `setup: still missing: ${still.map((need) => need.what).join(', ')}. Run this, then start again:\n\n  ${byHand}\n`,
    );
    process.exit(1);
  }
}

/** @param {'demo' | 'test'} purpose what the machine is to be made ready for */
export function setup(purpose) {
  npmPackages();
  systemPackages(purpose);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setup(process.argv[2] === 'test' ? 'test' : 'demo');
