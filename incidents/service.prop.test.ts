/** The life of incidents against a small model, with repetitions and restarts as a killed process makes them. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ManualClock, StreetwatchError, silentLog } from '../core/index.ts';
import type { Footage, RuleSignal, SignalPhase } from '../core/index.ts';
import { loadCodeTable } from './code-table.ts';
import { EvidenceSigner } from './evidence/manifest.ts';
import { IncidentService } from './service.ts';
import { IncidentStore } from './store/incident-store.ts';

const nothingRecorded: Footage = {
  still: () => Promise.reject(new StreetwatchError('footage.missing', 'nothing was recorded')),
  clip: () => Promise.reject(new StreetwatchError('footage.missing', 'nothing was recorded')),
  hold() {},
  release() {},
};

/** What the model knows of one episode. */
interface Life {
  status: 'none' | 'candidate' | 'open' | 'cleared';
  phases: string[];
  lastAt: number;
}

/** The expected life, written down a second time, as a person would tell it. */
function expectedAfter(life: Life, phase: SignalPhase, at: number): void {
  const there = phase === 'raised' || phase === 'sustained';
  const gone = phase === 'cleared' || phase === 'dropped';
  const tell = (status: Life['status'], said: string): void => {
    life.status = status;
    life.lastAt = at;
    life.phases.push(said);
  };
  if (life.status === 'none' && phase === 'warned') life.status = 'candidate';
  else if (life.status === 'candidate' && gone) life.status = 'none';
  else if ((life.status === 'none' || life.status === 'candidate') && there) tell('open', 'opened');
  else if (life.status === 'open' && phase === 'sustained' && at > life.lastAt) tell('open', 'updated');
  else if (life.status === 'open' && phase === 'cleared') tell('cleared', 'cleared');
  else if (life.status === 'cleared' && there && at > life.lastAt) tell('open', 'updated');
}

type Step = { episode: number; phase: SignalPhase; repeat: boolean } | 'restart';

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      episode: fc.nat(2),
      phase: fc.constantFrom<SignalPhase>('warned', 'raised', 'sustained', 'cleared', 'dropped'),
      repeat: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>('restart') },
);

function signalOf(episode: number, phase: SignalPhase, atMs: number): RuleSignal {
  return {
    phase,
    episodeId: `e${episode}`,
    cameraId: 'c1',
    runId: 'r',
    ruleId: 'rule',
    ruleVersion: 1,
    zoneId: 'z',
    zoneVersion: 1,
    eventType: 'fire.smoke',
    severity: 2,
    confidence: 0.5,
    trackIds: ['t'],
    label: 'smoke',
    box: { x1: 0, y1: 0, x2: 1, y2: 1 },
    atMs,
    firstSeenMs: atMs,
    sinceMs: atMs,
    presentAtStart: false,
    moments: [],
    measurements: {},
  };
}

function open(dir: string): { store: IncidentStore; service: IncidentService } {
  const clock = new ManualClock(1_772_337_600_000);
  const store = IncidentStore.open(join(dir, 'incidents.db'), { clock, log: silentLog });
  const service = new IncidentService({
    store,
    footage: nothingRecorded,
    evidenceDir: join(dir, 'evidence'),
    adcode: '310115',
    codes: loadCodeTable(),
    cameras: (cameraId) => ({ cameraId, name: cameraId, timeZone: 'Asia/Shanghai' }),
    zones: () => undefined,
    signer: EvidenceSigner.open(join(dir, 'key.pem')),
    clock,
    log: silentLog,
  });
  service.start();
  return { store, service };
}

async function live(dir: string, steps: readonly Step[]): Promise<void> {
  let here = open(dir);
  const lives = [0, 1, 2].map((): Life => ({ status: 'none', phases: [], lastAt: 0 }));
  let atMs = 1_772_337_600_000;
  for (const next of steps) {
    if (next === 'restart') {
      await here.service.close();
      here.store.close();
      here = open(dir);
      continue;
    }
    // A killed process says its last signal again, with the same time.
    if (!next.repeat) atMs += 1_000;
    const life = lives[next.episode]!;
    expectedAfter(life, next.phase, atMs);
    const incident = here.service.apply(signalOf(next.episode, next.phase, atMs));
    expect(incident?.status ?? 'none').toBe(life.status);
  }
  await here.service.settle();
  for (const [i, life] of lives.entries()) {
    const incident = here.store.byEpisode(`e${i}`);
    const revisions = here.store.revisions(incident?.incidentId ?? '');
    expect(revisions.filter((r) => r.reason !== 'evidence').map((r) => r.phase)).toEqual(life.phases);
    expect(revisions.map((r) => r.revision)).toEqual(revisions.map((_, n) => n + 1));
    for (let n = 0; n < revisions.length; n++) {
      const head = here.store.outbox.next(incident?.subject ?? '');
      expect(head?.revision).toBe(n + 1);
      if (head !== undefined) here.store.outbox.markDone(head, n + 1, atMs);
    }
  }
  expect(here.store.outbox.depth()).toBe(0);
  expect(here.store.evidenceJobs()).toEqual([]);
  expect(await here.store.check({ evidenceDir: join(dir, 'evidence') })).toEqual([]);
  await here.service.close();
  here.store.close();
}

it(
  'any order of signals, repetitions and restarts lives as the model says',
  { timeout: 120_000 },
  async () => {
    const lives = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const dir = mkdtempSync(join(tmpdir(), 'streetwatch-life-'));
      try {
        await live(dir, steps);
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    });
    await expect(fc.assert(lives, { numRuns: 40 })).resolves.toBeUndefined();
  },
);
