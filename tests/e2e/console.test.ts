/** The console as its people use it: set-up, sign-in, live arrival, one-key review, zones, live view, audit. */

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_PASSWORD } from '../../api/testing/index.ts';
import { PLAYS, SHOWS_LIVE, holdAnswer, shoot, violations } from './console-page.ts';
import { CONSOLE_LACKS, openConsole } from './console-rig.ts';
import type { ConsoleRig } from './console-rig.ts';
import { readPublished } from './read-published.ts';

const title =
  CONSOLE_LACKS.length === 0 ? 'the console' : `the console (SKIPPED: ${CONSOLE_LACKS.join(', ')})`;
describe.skipIf(CONSOLE_LACKS.length > 0)(title, () => {
  let rig: ConsoleRig;
  let page: Page;
  beforeAll(async () => {
    rig = await openConsole();
    page = await rig.page();
  }, 120_000);
  afterAll(async () => {
    await rig.close();
  }, 60_000);

  it('sets up the first administrator by the one-time link and lands in an empty queue', async () => {
    await page.goto(`/set-up#${rig.city.api.setUpSecret()}`);
    await page.getByLabel('用户名', { exact: true }).fill('wang.wei');
    await page.getByLabel('姓名').fill('王伟');
    await page.getByLabel('密码', { exact: true }).fill(TEST_PASSWORD);
    await page.getByLabel('再次输入密码').fill(TEST_PASSWORD);
    await shoot(page, 'set-up-zh-light');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: '完成设置' }).click();
    await page.getByText('队列已清空').waitFor();
    await page.getByRole('button', { name: '退出' }).click();
    await page.getByRole('heading', { name: '登录' }).waitFor();
    await shoot(page, 'sign-in-zh-light');
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('用户名').fill('wang.wei');
    await page.getByLabel('密码').fill('not the password');
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByText('用户名或密码错误').waitFor();
    await page.getByLabel('密码').fill(TEST_PASSWORD);
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByText('队列已清空').waitFor();
    // The wrong password was answered with 401, which the browser writes down.
    const refused = rig.complaints.findIndex((text) => text.includes('/api/session') || text.includes('401'));
    if (refused >= 0) rig.complaints.splice(refused, 1);
    const trail = rig.city.store.audit.list({ limit: 10 }).map((entry) => entry.action);
    expect(trail).toEqual([
      'session.start',
      'session.refused',
      'session.end',
      'session.start',
      'user.set-up',
    ]);
  });

  it('shows an incident as it arrives, plays its clip, and confirms it with one key', async () => {
    await page.getByText('实时连接正常').waitFor({ state: 'attached' });
    const incident = await rig.city.incident('cam-01');
    await page.getByRole('heading', { name: '机动车违停' }).waitFor();
    await expect.poll(() => page.evaluate(PLAYS), { timeout: 30_000 }).toBe(true);
    await rig.city.incident('cam-02', 'fire.flame');
    await rig.city.incident('cam-03', 'garbage.exposed');
    await page.getByText('3 项待审核').waitFor();
    // The one under the eye stays under the eye while others arrive.
    expect(await page.locator('.queue-row-current').textContent()).toContain('人民路口东');
    await shoot(page, 'review-zh-light');
    await page.keyboard.press('Enter');
    await page.getByText('2 项待审核').waitFor();
    const stored = rig.city.incidentStore.get(incident.incidentId)!;
    expect(stored.review).toMatchObject({ state: 'confirmed', by: 'wang.wei' });
    expect(rig.city.incidentStore.revisions(incident.incidentId).at(-1)).toMatchObject({
      phase: 'confirmed',
      by: 'wang.wei',
    });
    const events = await readPublished(rig.broker.server, incident.incidentId, 'confirmed');
    expect(events.map((event) => event.revision)).toEqual(events.map((_, i) => i + 1));
    expect(events[0]).toMatchObject({ phase: 'opened' });
    expect(events.at(-1)).toMatchObject({
      phase: 'confirmed',
      revision: stored.revision,
      review: { state: 'confirmed', by: 'wang.wei' },
    });
  });

  it('shows the decision in the audit log, and proves its chain', async () => {
    await page.goto('/admin/audit');
    const row = page.locator('tr', { hasText: 'incident.review' }).first();
    await row.waitFor();
    expect(await row.textContent()).toContain('wang.wei');
    await page.getByRole('button', { name: '验证哈希链' }).click();
    await page.getByText(/完好：\d+ 条记录/).waitFor();
    await page.goto('/review');
    await page.getByText('2 项待审核').waitFor();
  });

  it('dismisses with two keys, and takes it back with one', async () => {
    await page.keyboard.press('x');
    await page.getByRole('group', { name: '误报原因' }).waitFor();
    await shoot(page, 'review-reasons-zh-light');
    // The feed tells of the decision before its answer is there: it can be taken back all the same.
    const letGo = await holdAnswer(page, /\/review$/);
    await page.keyboard.press('6');
    await page.getByText('1 项待审核').waitFor();
    await page.keyboard.press('u');
    letGo();
    await page.getByText('2 项待审核').waitFor();
    const trail = rig.city.store.audit.list({ limit: 2, action: 'incident.review' });
    expect(trail.map((entry) => entry.details['state'])).toEqual(['pending', 'dismissed']);
    expect(trail[1]!.details['reason']).toBe('reflection_or_light');
  });

  it('shows what somebody else is judging, and does not judge it', async () => {
    const other = await rig.city.user('li.na', 'operator');
    const [first] = rig.city.incidentStore.list({ filters: { reviewStates: ['pending'] } }).incidents;
    const current = await page.locator('.queue-row-current').textContent();
    const target = rig.city.incidentStore
      .list({ filters: { reviewStates: ['pending'] } })
      .incidents.find((one) => !current!.includes(one.camera.name));
    expect(first).toBeDefined();
    const claim = () =>
      rig.city.api.app.inject({
        method: 'PUT',
        url: `/api/incidents/${target!.incidentId}/claim`,
        headers: { cookie: other.cookie, 'x-csrf-token': other.csrf },
      });
    // The page lets its claim on the last one go when it takes the next.
    await expect.poll(async () => (await claim()).statusCode).toBe(200);
    // Before the page has heard of it, it would ask for the claim itself, and the browser would write the refusal down.
    await page.locator('.queue-row', { hasText: target!.camera.name }).getByTitle('li.na 正在审核').waitFor();
    await page.locator('.queue-row', { hasText: target!.camera.name }).getByRole('button').click();
    await page.getByText('li.na 正在审核').waitFor();
    expect(await page.getByRole('button', { name: '属实' }).isDisabled()).toBe(true);
    rig.city.store.claims.release(target!.incidentId, other.userId);
  });

  it('marks a repetition with two keys, dismisses a storm with three, and takes the storm back with one', async () => {
    const first = await rig.city.incident('cam-06');
    const again = await rig.city.incident('cam-06');
    const rest = [await rig.city.incident('cam-06'), await rig.city.incident('cam-06')];
    await page.getByText('6 项待审核').waitFor();
    const state = (one: { incidentId: string }) => rig.city.incidentStore.get(one.incidentId)!.review;
    await page.locator('.queue-row', { hasText: '车站广场' }).nth(2).getByRole('button').click();
    await page.locator('.review-title', { hasText: '车站广场' }).waitFor();
    await page.keyboard.press('d');
    await page.getByRole('group', { name: '重复于' }).getByRole('button', { name: /^1 / }).waitFor();
    await shoot(page, 'review-repeats-zh');
    await page.keyboard.press('Escape');
    // The number that comes before the list has been read waits for it.
    const letGo = await holdAnswer(page, /review=pending&review=confirmed/);
    await page.keyboard.press('d');
    await page.keyboard.press('1');
    await page.getByText('已记下').waitFor();
    letGo();
    await page.getByText('5 项待审核').waitFor();
    expect(state(again)).toMatchObject({ state: 'duplicate', duplicateOf: first.incidentId });
    await page.locator('.queue-row', { hasText: '车站广场' }).first().getByRole('button').click();
    await page.keyboard.press('a');
    await page.getByText('已选 3 项').waitFor();
    await shoot(page, 'review-storm-zh');
    await page.keyboard.press('x');
    await page.keyboard.press('8');
    await page.getByText('2 项待审核').waitFor();
    expect([first, ...rest].map((one) => state(one).reason)).toEqual(Array(3).fill('zone_wrong'));
    await page.keyboard.press('u');
    await page.getByText('5 项待审核').waitFor();
    expect([first, ...rest].map((one) => state(one).state)).toEqual(Array(3).fill('pending'));
  });

  it('says when the server does not answer, on a page and on the connection, and goes on when it does', async () => {
    await page.context().setOffline(true);
    await page.getByRole('link', { name: '监管' }).click();
    await page.getByRole('alert').getByText('服务器没有应答').waitFor();
    expect(await page.locator('.bar .dot').textContent()).toContain('连接中断');
    await shoot(page, 'offline-zh');
    await page.context().setOffline(false);
    await page.getByRole('button', { name: '重试' }).click();
    await page.getByText('通报指标').waitFor();
    // The browser itself writes down each request that found no network.
    const own = rig.complaints.filter((text) => !text.includes('net::ERR_INTERNET_DISCONNECTED'));
    rig.complaints.splice(0, rig.complaints.length, ...own);
    await page.goto('/review');
    await page.getByText('实时连接正常').waitFor({ state: 'attached' });
  });

  it('has the incident page with timeline, hashes and a bundle that downloads', async () => {
    const [confirmed] = rig.city.incidentStore.list({ filters: { reviewStates: ['confirmed'] } }).incidents;
    await page.goto(`/incidents/${confirmed!.incidentId}`);
    await page.getByText('确认属实').waitFor();
    for (const item of rig.city.incidentStore.evidence(confirmed!.incidentId)) {
      expect(await page.getByText(item.sha256).count()).toBeGreaterThan(0);
    }
    await shoot(page, 'incident-zh-light');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '下载案卷包' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(
      `incident-${confirmed!.incidentId}-r${confirmed!.revision}.zip`,
    );
    expect(await download.failure()).toBeNull();
  });

  it('draws a zone, gives it a rule, publishes with a note, and it works at once', async () => {
    await page.goto('/cameras/cam-03/rules');
    await page.getByRole('button', { name: '画新区域' }).click();
    const box = (await page.locator('svg.canvas').boundingBox())!;
    const corners = [
      [0.7, 0.6],
      [0.9, 0.6],
      [0.92, 0.8],
      [0.68, 0.82],
    ] as const;
    for (const [x, y] of corners) await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
    await page.locator('svg.canvas').press('Enter');
    await page.getByRole('button', { name: '区域 1' }).waitFor();
    const corner = (await page.locator('[data-corner="1"]').boundingBox())!;
    await page.mouse.move(corner.x + corner.width / 2, corner.y + corner.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.95 * box.width, box.y + 0.55 * box.height, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: '+ 违法停车' }).click();
    await page.getByLabel('先审后发').check();
    await page.getByRole('group', { name: '时段' }).first().getByLabel('仅在以下时段').check();
    await page.getByRole('button', { name: '六', exact: true }).click();
    await page.getByLabel('开始', { exact: true }).fill('22:30');
    await page.getByLabel('结束', { exact: true }).fill('06:00');
    await page.getByRole('button', { name: '添加豁免' }).click();
    await page.getByLabel('豁免名称').fill('早间卸货');
    await page.getByLabel('类别（逗号分隔）').fill('truck');
    await page.getByRole('group', { name: '豁免' }).getByRole('button', { name: '在画面上画' }).click();
    const area = [
      [0.72, 0.62],
      [0.8, 0.62],
      [0.8, 0.7],
    ] as const;
    for (const [x, y] of area) await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
    await page.locator('svg.canvas').press('Enter');
    await page.getByText('显示最近 10 分钟轨迹').click();
    await page.locator('.track-dwell').first().waitFor();
    await shoot(page, 'rules-zh-light');
    await page.getByRole('button', { name: '发布…' }).click();
    await page.getByLabel('变更说明（必填）').fill('学校门前新增禁停区');
    await page.getByRole('button', { name: '发布', exact: true }).click();
    await page.getByText('版本 2 已发布，立即生效').waitFor();
    const { rules } = rig.city.applied.at(-1)!;
    expect(rules).toHaveLength(2);
    const polygon = rules[1]!.zone.polygon;
    expect(polygon).toHaveLength(4);
    expect(polygon[1]!.x).toBeCloseTo(0.95, 1);
    expect(rules[1]).toMatchObject({
      approval: true,
      schedule: {
        windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'], from: '22:30', to: '06:00' }],
      },
      exemptions: [{ name: '早间卸货', labels: ['truck'] }],
    });
    expect(rules[1]!.exemptions![0]!.area).toHaveLength(3);
    expect(rig.city.store.audit.list({ limit: 1, action: 'rules.publish' })[0]!.details).toMatchObject({
      note: '学校门前新增禁停区',
    });
  });

  it('shows what a draft would have done, with its picture, before it is published', async () => {
    await page.goto('/cameras/cam-01/rules');
    await page.getByLabel('停留时长').fill('60');
    await page.getByRole('button', { name: '开始试算' }).click();
    // Of the cars that stood there, one stood for longer than a minute and shorter than the published three.
    await page.getByText('新增 1', { exact: true }).waitFor();
    await page.getByText('不变 2', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^新增 .*机动车违停/ }).click();
    await page.getByRole('img', { name: /的录像/ }).waitFor();
    await shoot(page, 'rules-replay-zh');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: '发布…' }).click();
    expect(await page.locator('.inline-form').textContent()).toContain('新增 1');
    await page.getByLabel('停留时长').fill('61');
    await page.getByText('规则已改动，结果是改动前的').waitFor();
    expect(await page.locator('.inline-form').textContent()).not.toContain('新增 1');
    await page.goto('/cameras');
  });

  it('draws on the live picture as well', async () => {
    await page.goto('/cameras/cam-02/rules');
    await page.getByRole('button', { name: '实时画面上绘制' }).click();
    await expect.poll(() => page.evaluate(SHOWS_LIVE), { timeout: 30_000 }).toBe(true);
    await page.getByRole('button', { name: '画新区域' }).click();
    const box = (await page.locator('svg.canvas').boundingBox())!;
    for (const [x, y] of [
      [0.2, 0.2],
      [0.4, 0.2],
      [0.4, 0.4],
    ] as const)
      await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
    await page.locator('svg.canvas').press('Enter');
    await shoot(page, 'rules-live-zh');
    await page.getByRole('button', { name: '区域 1' }).waitFor();
    await page.goto('/cameras');
  });

  it('adds a camera with mistakes told at their fields, changes, removes and brings it back', async () => {
    await page.goto('/cameras');
    await page.getByRole('link', { name: '添加摄像机' }).click();
    await page.getByLabel('ID', { exact: true }).fill('gate-1');
    await page.getByLabel('视频源').fill('rtsp://admin:geheim@10.0.0.9/1');
    await page.getByLabel('分析帧率').fill('99');
    await page.getByLabel('变更说明（必填）').fill('新增北门');
    await page.getByRole('button', { name: '添加摄像机' }).click();
    await page.getByText('有内容需要更正').waitFor();
    const field = page.locator('.param', { has: page.getByLabel('分析帧率') });
    expect(await field.locator('.form-error').textContent()).toContain('30');
    expect(await page.getByLabel('分析帧率').getAttribute('aria-invalid')).toBe('true');
    await shoot(page, 'new-camera-mistake-zh');
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('分析帧率').fill('4');
    await page.getByRole('button', { name: '添加摄像机' }).click();
    await page.getByRole('link', { name: '设置' }).click();
    expect(await page.getByLabel('视频源').inputValue()).toBe('rtsp://***@10.0.0.9/1');
    await page.getByLabel('名称').fill('北门');
    await page.getByLabel('变更说明（必填）').fill('命名');
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByRole('heading', { name: '设置: 北门' }).waitFor();
    const { cameraSettings, audit } = rig.city.store;
    expect(cameraSettings.current('gate-1')).toMatchObject({
      version: 2,
      note: '命名',
      settings: { name: '北门', fps: 4, source: 'rtsp://admin:geheim@10.0.0.9/1' },
    });
    await page.getByRole('button', { name: '与上一版比较' }).click();
    await page.locator('.diff ins', { hasText: '北门' }).waitFor();
    await page.getByRole('button', { name: '移除摄像机…' }).click();
    await page.locator('.inline-form input').fill('拆除');
    await page.getByRole('button', { name: '移除摄像机', exact: true }).click();
    await page.getByText('该摄像机已移除').waitFor();
    expect(rig.city.cameras.some((one) => one.cameraId === 'gate-1')).toBe(false);
    await page.goto('/new-camera');
    await page.getByRole('link', { name: /gate-1/ }).click();
    await page.getByRole('button', { name: '回退到此版本' }).first().click();
    await page.getByRole('heading', { name: '设置: 北门' }).waitFor();
    expect(cameraSettings.current('gate-1')).toMatchObject({ version: 4, removed: false });
    expect(audit.list({ limit: 9, objectId: 'gate-1' }).map((entry) => entry.action)).toEqual([
      'camera.roll-back',
      'camera.remove',
      'camera.change',
      'camera.add',
    ]);
    rig.city.cameras.splice(6);
    await page.goto('/cameras');
  });

  it('keeps only the cameras in sight in the page, however many there are', async () => {
    const { cameras } = rig.city;
    const model = cameras[0]!;
    for (let i = 0; i < 400; i++) cameras.push({ ...model, cameraId: `many-${i}`, name: `环城路 ${i} 号` });
    await page.reload();
    await page.getByText('环城路 3 号').waitFor();
    expect(await page.locator('.tile').count()).toBeLessThan(60);
    await shoot(page, 'cameras-many-zh');
    await page.locator('.wall').press('End');
    await page.getByText('环城路 399 号').waitFor();
    expect(await page.locator('.tile').count()).toBeLessThan(60);
    await page.getByRole('searchbox').fill('路 217');
    await page.getByText('环城路 217 号').waitFor();
    expect(await page.locator('.tile').count()).toBe(1);
    // Pictures that are still on their way would be refused, and the browser would write it down.
    await page.goto('/supervision');
    cameras.splice(6);
  });

  it.each(['H.264', '兼容模式 (MPEG-1)'])('shows the camera live: %s', async (format) => {
    await page.goto('/cameras/cam-01');
    await page.getByRole('button', { name: '实时画面: 开始观看' }).click();
    await page.getByRole('button', { name: format }).click();
    await expect.poll(() => page.evaluate(SHOWS_LIVE), { timeout: 30_000 }).toBe(true);
    expect(await page.locator('.live-problem').count()).toBe(0);
    await shoot(page, `camera-live-${format === 'H.264' ? 'h264' : 'mpeg1'}`);
    await page.goto('/cameras');
  });

  it('ends the processes of live views when nobody looks', async () => {
    await expect
      .poll(
        async () =>
          (
            await page.request
              .get('/api/system')
              .then((r) => r.json() as Promise<{ live: { streams: number } }>)
          ).live.streams,
        { timeout: 20_000 },
      )
      .toBe(0);
  });

  const pages = [
    '/review',
    '/incidents',
    '/incidents/CONFIRMED',
    '/cameras',
    '/cameras/cam-05',
    '/cameras/cam-01/rules',
    '/cameras/cam-03/settings',
    '/new-camera',
    '/supervision',
    '/admin/users',
    '/admin/tokens',
    '/admin/audit',
    '/admin/health',
    '/admin/account',
  ];
  /** The address of the one that was confirmed, where a page is of an incident. */
  const withIncident = (path: string): string => {
    const [confirmed] = rig.city.incidentStore.list({ filters: { reviewStates: ['confirmed'] } }).incidents;
    return path.replace('CONFIRMED', confirmed?.incidentId ?? '');
  };
  it.each(pages)(
    '%s has no violation of accessibility rules, light and dark, Chinese and English',
    async (path) => {
      const name = path.slice(1).replaceAll('/', '-');
      await page.goto(withIncident(path));
      for (const [lang, theme] of [
        ['zh', 'light'],
        ['zh', 'dark'],
        ['en', 'light'],
        ['en', 'dark'],
      ] as const) {
        await page.evaluate(
          `localStorage.setItem('lang', '${lang}'); localStorage.setItem('theme', '${theme}')`,
        );
        await page.reload({ waitUntil: 'load' });
        await page.locator('h1').first().waitFor({ state: 'attached' });
        await page.waitForTimeout(400); // pictures, for the screenshot only
        await shoot(page, `${name}-${lang}-${theme}`);
        expect(await violations(page)).toEqual([]);
      }
      await page.evaluate(`localStorage.setItem('lang', 'zh')`);
    },
  );

  it.each([
    [1366, 768],
    [3840, 2160],
  ])('fits a screen of %i × %i without scrolling sideways', async (width, height) => {
    await page.setViewportSize({ width, height });
    for (const path of pages) {
      await page.goto(withIncident(path));
      await page.locator('h1').first().waitFor({ state: 'attached' });
      const excessPx: number = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect({ path, excessPx: Math.max(0, excessPx) }).toEqual({ path, excessPx: 0 });
    }
    await page.goto('/review');
    await page.locator('.review-facts').waitFor();
    await shoot(page, `review-${width}`);
  });

  it('complained of nothing on any page', () => {
    // The second argument is printed whole, whatever the reporter cuts short.
    expect(rig.complaints, rig.complaints.join('\n')).toEqual([]);
  });
});
