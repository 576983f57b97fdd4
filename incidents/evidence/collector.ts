/** Takes the stills and clips of a plan from the recording and writes them. */

import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { StreetwatchError, type Footage, type FootageStill } from '../../core/index.ts';
import { idTimeMs } from '../ids.ts';
import type { EvidenceRole, Incident, MissingEvidence } from '../incident.ts';
import type { NewEvidenceItem } from '../store/evidence-table.ts';
import { PARTIAL_PREFIX, commitFile, hashFile, temporaryPath, writeDurably } from './files.ts';
import { cropBox, drawOverlay } from './overlay.ts';
import type { ClipPlan, EvidencePlan, StillPlan } from './plan.ts';

/** What came of a plan. */
export interface Collected {
  readonly items: readonly Omit<NewEvidenceItem, 'revision'>[];
  readonly missing: readonly MissingEvidence[];
}

export interface CollectOptions {
  readonly footage: Footage;
  readonly evidenceDir: string;
  /** Record what cannot be had as missing instead of failing: for the last attempt. */
  readonly final: boolean;
}

type Item = Omit<NewEvidenceItem, 'revision'>;

/** Folder of an incident below the evidence folder: by the local day on which its id was given; it never changes. */
export function evidenceFolder(incident: Incident): string {
  const day = DateTime.fromMillis(idTimeMs(incident.incidentId), { zone: incident.camera.timeZone });
  return `${day.toFormat('yyyy-MM-dd')}/${incident.incidentId}`;
}

/**
 * Does a plan. What the recording does not hold is `missing`; anything else that fails is thrown, because it may
 * work later. Names are fixed by the plan, so doing it again replaces what an attempt before it left.
 * @throws StreetwatchError `footage.failed`, `disk.full`, `store.failed`.
 */
export async function collect(
  incident: Incident,
  plan: EvidencePlan,
  options: CollectOptions,
): Promise<Collected> {
  removeLeftovers(join(options.evidenceDir, evidenceFolder(incident)));
  const items: Item[] = [];
  const missing: MissingEvidence[] = [];
  const attempt = async (
    what: Omit<MissingEvidence, 'reason'>,
    work: () => Promise<Item[]>,
  ): Promise<void> => {
    try {
      items.push(...(await work()));
    } catch (error) {
      const code = error instanceof StreetwatchError ? error.code : undefined;
      const absent = code === 'footage.missing' || (options.final && code === 'footage.failed');
      if (!absent) throw error;
      missing.push({ ...what, reason: code });
    }
  };
  for (const still of plan.stills) {
    const what = { role: still.role, ...(still.moment === undefined ? {} : { moment: still.moment }) };
    await attempt(what, () => takeStill(incident, still, options));
  }
  for (const clip of plan.clips) {
    await attempt({ role: 'clip', moment: clip.part }, async () => [await takeClip(incident, clip, options)]);
  }
  return { items, missing };
}

async function takeStill(incident: Incident, plan: StillPlan, options: CollectOptions): Promise<Item[]> {
  const still = await options.footage.still(incident.camera.cameraId, plan.atMs);
  const items = await writePair(incident, { ...plan, still, extension: extensionOf(still.image) }, options);
  if (plan.closeUp === true && plan.box !== undefined) {
    const crop = { ...(await cropBox(still, plan.box)), capturedAtMs: still.capturedAtMs };
    const pair = { name: `${plan.name}-close-up`, role: 'close_up' as const, still: crop, extension: 'jpg' };
    items.push(...(await writePair(incident, pair, options)));
  }
  return items;
}

interface Pair {
  readonly name: string;
  readonly role: EvidenceRole;
  readonly moment?: string;
  readonly box?: StillPlan['box'];
  readonly empty?: boolean;
  readonly still: FootageStill;
  readonly extension: string;
}

/** The original bytes, and the copy with the overlay. */
async function writePair(incident: Incident, pair: Pair, { evidenceDir }: CollectOptions): Promise<Item[]> {
  const folder = evidenceFolder(incident);
  const common = {
    incidentId: incident.incidentId,
    role: pair.role,
    ...(pair.moment === undefined ? {} : { moment: pair.moment }),
    capturedAtMs: pair.still.capturedAtMs,
  };
  const path = `${folder}/${pair.name}.${pair.extension}`;
  const original = await writeDurably(join(evidenceDir, path), pair.still.image);
  const drawn = await drawOverlay({
    ...pair.still,
    incident,
    role: pair.role,
    originalSha256: original.sha256,
    ...(pair.moment === undefined ? {} : { moment: pair.moment }),
    ...(pair.box === undefined ? {} : { box: pair.box }),
    ...(pair.empty === undefined ? {} : { empty: pair.empty }),
  });
  const { width, height } = pair.still;
  const overlayPath = `${folder}/${pair.name}.overlay.jpg`;
  const copy = await writeDurably(join(evidenceDir, overlayPath), drawn.image);
  const mediaType = pair.extension === 'png' ? 'image/png' : 'image/jpeg';
  return [
    { ...common, ...original, path, mediaType, overlay: false, width, height },
    {
      ...common,
      ...copy,
      path: overlayPath,
      mediaType: 'image/jpeg',
      overlay: true,
      width: drawn.width,
      height: drawn.height,
    },
  ];
}

async function takeClip(
  incident: Incident,
  plan: ClipPlan,
  { footage, evidenceDir }: CollectOptions,
): Promise<Item> {
  const path = `${evidenceFolder(incident)}/${plan.name}.mp4`;
  const target = join(evidenceDir, path);
  mkdirSync(join(target, '..'), { recursive: true });
  const temporary = temporaryPath(target);
  let clip;
  try {
    clip = await footage.clip(incident.camera.cameraId, plan, temporary);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  await commitFile(temporary, target);
  return {
    incidentId: incident.incidentId,
    role: 'clip',
    moment: plan.part,
    path,
    mediaType: 'video/mp4',
    ...(await hashFile(target)),
    overlay: false,
    capturedAtMs: clip.fromMs,
    toMs: clip.toMs,
  };
}

/** Unfinished files of a process that was killed. */
function removeLeftovers(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(PARTIAL_PREFIX)) rmSync(join(folder, name), { force: true });
  }
}

function extensionOf(image: Uint8Array): 'png' | 'jpg' {
  return image[0] === 0x89 && image[1] === 0x50 ? 'png' : 'jpg';
}
