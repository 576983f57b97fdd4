/**
 * The whole way with the real program, as its three people go it: the administrator sets up and invites; the author
 * draws a zone on the live picture; the operator sees the first incident arrive, watches its clip and approves it; then
 * it stands on JetStream, and the decision in the audit log.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { TEST_PASSWORD } from '../../api/testing/index.ts';
import { committedClip, serveStreet, streetServerAvailable } from '../../benchmarks/street/index.ts';
import type { StreetServer } from '../../benchmarks/street/index.ts';
import { packagePath } from '../../core/index.ts';
import { startBroker } from '../support/nats.ts';
import type { TestBroker } from '../support/nats.ts';
import { CHROMIUM, CONSOLE_LACKS, listenForComplaints } from './console-rig.ts';
import { publishedOf, readPublished } from './read-published.ts';

const street = streetServerAvailable();
const missing = [...(street.ok ? [] : [street.reason]), ...CONSOLE_LACKS];
const title =
  missing.length === 0 ? 'three people at the console' : `three people (SKIPPED: ${missing.join(', ')})`;
const PLAYS = `(() => {
  const video = document.querySelector('.review-main video');
  return video !== null && video.currentTime > 0.2 && video.videoWidth > 0;
})()`;
const SHOWS_LIVE = `(() => {
  const video = document.querySelector('.live video');
  return video !== null && video.currentTime > 0.3 && video.videoWidth === 960;
})()`;

describe.skipIf(missing.length > 0)(title, () => {
  const dir = mkdtempSync(join(tmpdir(), 'streetwatch-people-'));
  const complaints: string[] = [];
  const pages = new Map<string, Page>();
  let broker: TestBroker;
  let cameras: StreetServer;
  let program: ChildProcess;
  let browser: Browser;
  let setUpUrl: URL;

  const pageOf = async (person: string): Promise<Page> => {
    const known = pages.get(person);
    if (known) return known;
    const context = await browser.newContext({
      viewport: { width: 1366, height: 768 },
      baseURL: setUpUrl.origin,
    });
    const page = await context.newPage();
    listenForComplaints(page, setUpUrl.origin, complaints);
    pages.set(person, page);
    return page;
  };

  beforeAll(async () => {
    broker = await startBroker();
    cameras = await serveStreet({ clips: [{ name: 'kerb', path: committedClip('parking').path }] });
    const config = join(dir, 'city.yaml');
    writeFileSync(
      config,
      stringify({
        district: { adcode: '310104', name: '徐汇区', timeZone: 'Asia/Shanghai' },
        store: { dir: 'data', maxGiB: 1, minFreeGiB: 0 },
        broker: { servers: [`nats://${broker.server}`] },
        telemetry: { listen: '127.0.0.1:0' },
        api: { listen: '127.0.0.1:0' },
        cameras: [{ id: 'kerb', name: '人民路-03', source: cameras.urls['kerb'] }],
      }),
    );
    program = spawn(process.execPath, [packagePath('dist', 'app', 'cli.js'), 'run', config], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    setUpUrl = await new Promise<URL>((resolve, reject) => {
      program.once('exit', (code) => reject(new Error(`the program ended with ${code}`)));
      createInterface({ input: program.stderr! }).on('line', (line) => {
        const found = /^first administrator: (\S+)$/.exec(line)?.[1];
        if (found !== undefined) resolve(new URL(found));
      });
    });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    if (program?.exitCode === null) {
      program.kill('SIGTERM');
      await once(program, 'exit');
    }
    await cameras?.stop();
    await broker?.close();
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  test('the administrator sets up with the printed link and invites an author and an operator', async () => {
    const page = await pageOf('admin');
    await page.goto(setUpUrl.href);
    await page.getByLabel('用户名', { exact: true }).fill('wang.wei');
    await page.getByLabel('姓名').fill('王伟');
    await page.getByLabel('密码', { exact: true }).fill(TEST_PASSWORD);
    await page.getByLabel('再次输入密码').fill(TEST_PASSWORD);
    await page.getByRole('button', { name: '完成设置' }).click();
    await page.getByText('队列已清空').waitFor();
    await page.getByRole('link', { name: '管理', exact: true }).click();
    for (const [person, name, role] of [
      ['author', 'zhao.min', '规则员'],
      ['operator', 'li.na', '操作员'],
    ] as const) {
      await page.getByLabel('用户名', { exact: true }).fill(name);
      await page.getByLabel('姓名', { exact: true }).fill(name);
      await page.getByLabel('角色', { exact: true }).selectOption({ label: role });
      await page.getByRole('button', { name: '邀请用户' }).click();
      const link = await page.getByLabel('此链接只显示一次，请交给本人：').inputValue();
      await page.getByRole('button', { name: '关闭' }).click();
      const own = await pageOf(person);
      await own.goto(link);
      await own.getByLabel('密码', { exact: true }).fill(TEST_PASSWORD);
      await own.getByLabel('再次输入密码').fill(TEST_PASSWORD);
      await own.getByRole('button', { name: '完成设置' }).click();
      await own.getByText('队列已清空').waitFor();
    }
    expect(await page.locator('tbody tr').count()).toBe(3);
    // The operator is no author: the door is not even shown to him, and closed.
    const status = await (await pageOf('operator')).request.put('/api/cameras/kerb/rules', { data: {} });
    expect([400, 403]).toContain(status.status());
  }, 60_000);

  test('the author draws a zone on the live picture and publishes it with approval', async () => {
    const page = await pageOf('author');
    await page.getByRole('link', { name: '摄像机' }).click();
    await page.getByText('人民路-03').click();
    await page.getByRole('link', { name: '区域与规则' }).click();
    await page.getByRole('button', { name: '实时画面上绘制' }).click();
    await expect.poll(() => page.evaluate(SHOWS_LIVE), { timeout: 40_000 }).toBe(true);
    await page.getByRole('button', { name: '画新区域' }).click();
    const box = (await page.locator('svg.canvas').boundingBox())!;
    for (const [x, y] of committedClip('parking').truth.zones[0]!.points)
      await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
    await page.locator('svg.canvas').press('Enter');
    await page.getByLabel('区域名称').fill('路缘禁停区');
    await page.getByRole('button', { name: '+ 违法停车' }).click();
    await page.getByLabel('停留时长').fill('10');
    await page.getByLabel('先审后发').check();
    await page.getByRole('button', { name: '发布…' }).click();
    await page.getByLabel('变更说明（必填）').fill('新增路缘禁停区');
    await page.getByRole('button', { name: '发布', exact: true }).click();
    await page.getByText('版本 2 已发布，立即生效').waitFor();
    await page.goto('/cameras');
    expect(complaints, complaints.join('\n')).toEqual([]);
  }, 90_000);

  test('the operator sees the incident arrive, watches its clip, and approves it; only then is it published', async () => {
    const page = await pageOf('operator');
    const loads: string[] = [];
    page.on('load', () => loads.push(page.url()));
    await page.getByRole('heading', { name: '机动车违停' }).waitFor({ timeout: 120_000 });
    await expect.poll(() => page.evaluate(PLAYS), { timeout: 40_000 }).toBe(true);
    expect(loads).toEqual([]);
    await page.getByText('待批准后发布').waitFor();
    const incidentId = /incidents\/(\w+)\/evidence/.exec(
      (await page.locator('.review-main video').getAttribute('src')) ?? '',
    )?.[1];
    expect(incidentId).toBeDefined();
    expect(await publishedOf(broker.server, incidentId!)).toEqual([]);
    await page.keyboard.press('Enter');
    const events = await readPublished(broker.server, incidentId!, 'confirmed');
    expect(events.map((event) => event.revision)).toEqual(events.map((_, i) => i + 1));
    expect(events[0]).toMatchObject({ phase: 'opened', type: 'illegal_parking.motor' });
    expect(events.at(-1)).toMatchObject({ phase: 'confirmed', review: { state: 'confirmed', by: 'li.na' } });
    const admin = await pageOf('admin');
    await admin.getByRole('link', { name: '审计日志' }).click();
    const row = admin.locator('tr', { hasText: 'incident.review' }).first();
    await row.waitFor();
    expect(await row.textContent()).toContain('li.na');
    expect(await row.textContent()).toContain(incidentId);
    await admin.getByRole('button', { name: '验证哈希链' }).click();
    await admin.getByText(/完好：\d+ 条记录/).waitFor();
    const shots = process.env['STREETWATCH_SCREENSHOTS'];
    if (shots !== undefined) await admin.screenshot({ path: join(shots, 'real-audit.png') });
  }, 240_000);

  test('the author sees what a longer dwell would have missed, before it is published', async () => {
    const page = await pageOf('author');
    await page.goto('/cameras/kerb/rules');
    await page.getByLabel('停留时长').fill('3600');
    await page.getByRole('button', { name: '开始试算' }).click();
    await page.getByText(/^不再上报 [1-9]/).waitFor();
    await page.getByText('新增 0', { exact: true }).waitFor();
    await page
      .getByRole('button', { name: /^不再上报 .*机动车违停/ })
      .first()
      .click();
    const picture = page.getByRole('img', { name: /的录像/ });
    await expect
      .poll(() => picture.evaluate<number, { naturalWidth: number }>((one) => one.naturalWidth), {
        timeout: 20_000,
      })
      .toBeGreaterThan(0);
    // The event is the incident that the operator approved.
    expect(await page.locator('.replay-row a').count()).toBeGreaterThan(0);
  }, 60_000);

  test('no page complained of anything', () => {
    expect(complaints, complaints.join('\n')).toEqual([]);
  });
});
