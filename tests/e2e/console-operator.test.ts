/** What an operator is told while he looks elsewhere, and what he may add to a decision. */

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSOLE_LACKS, openConsole } from './console-rig.ts';
import type { ConsoleRig } from './console-rig.ts';

const title =
  CONSOLE_LACKS.length === 0 ? 'an operator' : `an operator (SKIPPED: ${CONSOLE_LACKS.join(', ')})`;
describe.skipIf(CONSOLE_LACKS.length > 0)(title, () => {
  let rig: ConsoleRig;
  let page: Page;
  beforeAll(async () => {
    rig = await openConsole();
    page = await rig.page();
    const { cookie } = await rig.city.user('li.na', 'operator');
    const [name, value] = cookie.split('=') as [string, string];
    await page.context().addCookies([{ name, value, url: rig.url }]);
  }, 120_000);
  afterAll(async () => {
    await rig.close();
  }, 60_000);

  it('is told of a severe incident on any page, and taken to it', async () => {
    await rig.city.incident('cam-01');
    await page.goto('/cameras');
    await page.getByText('实时连接正常').waitFor({ state: 'attached' });
    await rig.city.incident('cam-03', 'garbage.exposed');
    const fire = await rig.city.incident('cam-02', 'fire.flame');
    const alarm = page.getByRole('alert').locator('.alarm');
    await alarm.getByText('人民路口西').waitFor();
    expect(await alarm.count()).toBe(1);
    await alarm.getByRole('button', { name: '去审核' }).click();
    await page.locator('.review-title', { hasText: '人民路口西' }).waitFor();
    expect(await alarm.count()).toBe(0);
    await expect.poll(() => page.title()).toBe('(3) 审核 · 城市视频巡查');
    expect(page.url()).toContain(fire.incidentId);
  });

  it('loses the alarm when somebody else decides', async () => {
    await page.goto('/incidents');
    await page.getByText('实时连接正常').waitFor({ state: 'attached' });
    const fire = await rig.city.incident('cam-06', 'fire.smoke');
    await page.locator('.alarm').waitFor();
    rig.city.service.review(fire.incidentId, {
      verb: 'confirm',
      by: 'zhao.min',
      expectedRevision: rig.city.incidentStore.get(fire.incidentId)!.revision,
    });
    await page.locator('.alarm').waitFor({ state: 'detached' });
    expect(await page.locator('.alarm').count()).toBe(0);
  });

  it('adds a note to a dismissal, still with one key for the reason', async () => {
    await page.goto('/review');
    await page.locator('.queue-row', { hasText: '学院路' }).getByRole('button').click();
    await page.locator('.review-title', { hasText: '学院路' }).waitFor();
    await page.keyboard.press('x');
    await page.getByRole('group', { name: '误报原因' }).waitFor();
    await page.keyboard.press('n');
    await page.keyboard.type('装修垃圾, 已约 9 点清运');
    await page.keyboard.press('Enter');
    await page.keyboard.press('2');
    await page.getByText('2 项待审核').waitFor();
    const [dismissed] = rig.city.incidentStore.list({ filters: { reviewStates: ['dismissed'] } }).incidents;
    expect(dismissed!.review.reason).toBe('allowed: 装修垃圾, 已约 9 点清运');
  });

  it('sees what was added beside the decision', async () => {
    const [dismissed] = rig.city.incidentStore.list({ filters: { reviewStates: ['dismissed'] } }).incidents;
    await page.goto(`/incidents/${dismissed!.incidentId}`);
    await page.getByText('已约 9 点清运').waitFor();
    expect(await page.locator('.facts').first().textContent()).toContain('属允许情形');
  });

  it('reads in the queue and in the list why a camera raises nothing', async () => {
    const camera = rig.city.cameras.find(({ faults }) => faults.length > 0)!;
    const place = rig.city.cameras.indexOf(camera);
    rig.city.cameras[place] = { ...camera, suspendedRules: ['kerb', 'rubbish'] };
    try {
      for (const path of ['/review', '/incidents']) {
        await page.goto(path);
        const notice = page.locator('.suspended');
        await notice.locator('summary').click();
        const text = await notice.textContent();
        for (const part of [camera.name, '模糊', 'kerb, rubbish']) expect(text).toContain(part);
      }
    } finally {
      rig.city.cameras[place] = camera;
    }
    await page.locator('.suspended').waitFor({ state: 'detached', timeout: 15_000 });
  });

  it('draws with a finger, and takes it back with one', async () => {
    const touch = await rig.page({ hasTouch: true });
    const { cookie } = await rig.city.user('zhao.min', 'author');
    const [name, value] = cookie.split('=') as [string, string];
    await touch.context().addCookies([{ name, value, url: rig.url }]);
    await touch.goto('/cameras/cam-02/rules');
    await touch.getByRole('button', { name: '画新区域' }).tap();
    const box = (await touch.locator('svg.canvas').boundingBox())!;
    const tap = (x: number, y: number): Promise<void> =>
      touch.touchscreen.tap(box.x + x * box.width, box.y + y * box.height);
    await tap(0.7, 0.2);
    await tap(0.9, 0.2);
    await tap(0.9, 0.4);
    // The first corner again closes it.
    await tap(0.7, 0.2);
    await touch.getByRole('button', { name: '区域 1' }).waitFor();
    expect(await touch.locator('[data-corner]').count()).toBe(3);
    const middle = (await touch.locator('.handle-middle').first().boundingBox())!;
    await touch.touchscreen.tap(middle.x + middle.width / 2, middle.y + middle.height / 2);
    await expect.poll(() => touch.locator('[data-corner]').count()).toBe(4);
    await touch.getByRole('button', { name: '撤销' }).tap();
    await expect.poll(() => touch.locator('[data-corner]').count()).toBe(3);
  });

  it('draws with the keyboard and the mouse nowhere near: a corner is moved by arrows', async () => {
    const keys = await rig.page();
    const { cookie } = await rig.city.user('sun.li', 'author');
    const [name, value] = cookie.split('=') as [string, string];
    await keys.context().addCookies([{ name, value, url: rig.url }]);
    await keys.goto('/cameras/cam-01/rules');
    const first = keys.locator('[data-corner="0"]');
    await first.waitFor();
    const before = (await first.boundingBox())!;
    await keys.locator('svg.canvas').focus();
    await keys.keyboard.press('n');
    await keys.keyboard.press('Shift+ArrowRight');
    const after = (await first.boundingBox())!;
    expect(after.x).toBeGreaterThan(before.x + 5);
    await keys.keyboard.press('Control+z');
    await expect.poll(async () => (await first.boundingBox())!.x).toBeCloseTo(before.x, 0);
  });

  it('finds a page for an address that is none', async () => {
    await page.goto('/nowhere');
    await page.getByText('没有这个页面').waitFor();
    expect(await page.title()).toContain('城市视频巡查');
    const own = rig.complaints.filter((text) => !/404 .*\/nowhere/.test(text));
    rig.complaints.splice(0, rig.complaints.length, ...own);
  });

  it('complained of nothing', () => {
    // The second argument is printed whole, whatever the reporter cuts short.
    expect(rig.complaints, rig.complaints.join('\n')).toEqual([]);
  });
});
