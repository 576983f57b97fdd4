/** Case feedback from the city's platform over a real broker: taken in once, put aside when it is not valid. */

import { connect, type NatsConnection } from 'nats';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog, type Log } from '../../core/index.ts';
import { Publisher, feedbackConsumer, type Incident } from '../../incidents/index.ts';
import { ADCODE, install, signal, systemClock, type Installation } from '../support/incidents.ts';
import { findNatsServer, startBroker, type TestBroker } from '../support/nats.ts';

const noServer = findNatsServer() === undefined;
const until = { timeout: 30_000, interval: 50 };

describe.skipIf(noServer)(
  `case feedback${noServer ? ' (SKIPPED: nats-server is not installed)' : ''}`,
  () => {
    let broker: TestBroker;
    let here: Installation;
    let publisher: Publisher;
    let client: NatsConnection;
    let incident: Incident;
    const warn = vi.fn<Log['warn']>();

    beforeEach(async () => {
      broker = await startBroker();
      here = install();
      incident = here.service.apply(signal()) as Incident;
      publisher = start();
      client = await connect({ servers: broker.server });
      const manager = await client.jetstreamManager();
      await vi.waitFor(() => manager.consumers.info('CITY_CASES', `streetwatch-${ADCODE}`), until);
    });
    afterEach(async () => {
      warn.mockReset();
      await client.close();
      await publisher.close();
      await here.close();
      await broker.close();
    });

    function start(): Publisher {
      const log = { ...silentLog, warn };
      const apply = here.service.applyFeedback.bind(here.service);
      const started = new Publisher({
        store: here.store,
        broker: { servers: [broker.server] },
        adcode: ADCODE,
        companions: [feedbackConsumer({ adcode: ADCODE, apply, log })],
        clock: systemClock,
        log,
        backoffMs: [50],
      });
      started.start();
      return started;
    }

    async function tell(state: string, at: string, over: Record<string, unknown> = {}): Promise<void> {
      const data = JSON.stringify({ incidentId: incident.incidentId, state, at, caseId: '2026-77', ...over });
      await client.jetstream().publish(`city.${ADCODE}.case.feedback.${incident.incidentId}`, data);
    }
    const dispatch = (): string | undefined => here.store.get(incident.incidentId)?.dispatch?.state;

    it('is kept beside the incident in the order of the platform, and makes no revision', async () => {
      const changed = vi.fn<(incident: Incident) => void>();
      here.service.onFeedback(changed);
      await here.service.settle();
      const { revision } = here.store.get(incident.incidentId) as Incident;
      await tell('handled', '2026-03-01T06:00:00Z');
      await tell('dispatched', '2026-03-01T05:00:00Z');
      await vi.waitFor(() => expect(here.store.feedback(incident.incidentId)).toHaveLength(2), until);
      expect(here.store.feedback(incident.incidentId).map((f) => f.state)).toEqual(['dispatched', 'handled']);
      expect(here.store.get(incident.incidentId)).toMatchObject({
        revision,
        dispatch: { state: 'handled', caseId: '2026-77', atMs: Date.parse('2026-03-01T06:00:00Z') },
      });
      expect(changed).toHaveBeenCalled();
    });

    it('goes on where it was after the broker was killed, and repeats nothing', async () => {
      await tell('filed', '2026-03-01T05:00:00Z');
      await vi.waitFor(() => expect(dispatch()).toBe('filed'), until);
      await broker.kill();
      await vi.waitFor(() => expect(publisher.status().state).toBe('connecting'), until);
      await broker.start();
      client = await connect({ servers: broker.server });
      await tell('closed', '2026-03-01T07:00:00Z');
      await vi.waitFor(() => expect(dispatch()).toBe('closed'), until);
      expect(here.store.feedback(incident.incidentId)).toHaveLength(2);
    });

    it.each([
      { name: 'text', data: 'handled' },
      {
        name: 'an unknown state',
        data: JSON.stringify({ incidentId: 'SELF', state: 'eaten', at: '2026-03-01T05:00:00Z' }),
      },
      {
        name: 'a time that is none',
        data: JSON.stringify({ incidentId: 'SELF', state: 'closed', at: 'noon' }),
      },
      {
        name: 'another incident than its subject',
        data: JSON.stringify({
          incidentId: '01M826EDX3B8F4722A34VFXV25',
          state: 'closed',
          at: '2026-03-01T05:00:00Z',
        }),
      },
    ])('that is $name is put aside, and the next one is taken', async ({ data }) => {
      const subject = `city.${ADCODE}.case.feedback.${incident.incidentId}`;
      await client.jetstream().publish(subject, data.replace('SELF', incident.incidentId));
      await tell('closed', '2026-03-01T08:00:00Z');
      await vi.waitFor(() => expect(dispatch()).toBe('closed'), until);
      expect(warn.mock.calls.map(([, text]) => text)).toEqual([
        'case feedback is not valid and is put aside',
      ]);
      const manager = await client.jetstreamManager();
      await vi.waitFor(async () => {
        const info = await manager.consumers.info('CITY_CASES', `streetwatch-${ADCODE}`);
        expect([info.num_ack_pending, info.num_pending]).toEqual([0, 0]);
      }, until);
    });
  },
);
