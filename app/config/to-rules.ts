/** Turns the zones and rules of a camera, as the file writes them, into what `rules/` takes. */

import type { PolygonNorm, Zone } from '../../core/index.ts';
import type { PublishedRule } from '../../api/index.ts';
import type { Exemption, ScheduleConfig } from '../../rules/index.ts';
import type { CameraConfig } from './schema.ts';

type Windows = NonNullable<CameraConfig['rules'][number]['schedule']>;

/** All rules of a camera; zones and rules of the file have version 1. */
export function rulesOfCamera(camera: CameraConfig, timeZone: string): PublishedRule[] {
  const zones = new Map(camera.zones.map((zone) => [zone.id, toZone(zone)]));
  const schedule = (windows: Windows): ScheduleConfig => ({ timeZone, windows });
  return camera.rules.map((rule) => ({
    ruleId: rule.id,
    ruleVersion: 1,
    kind: rule.kind,
    cameraId: camera.id,
    zone: zones.get(rule.zone)!,
    params: rule.params,
    enabled: rule.enabled,
    approval: rule.approval,
    ...(rule.schedule === undefined ? {} : { schedule: schedule(rule.schedule) }),
    ...(rule.exemptions === undefined
      ? {}
      : { exemptions: rule.exemptions.map((one) => toExemption(one, schedule)) }),
  }));
}

function toExemption(
  exemption: NonNullable<CameraConfig['rules'][number]['exemptions']>[number],
  schedule: (windows: Windows) => ScheduleConfig,
): Exemption {
  return {
    name: exemption.name,
    ...(exemption.area === undefined ? {} : { area: toPolygon(exemption.area) }),
    ...(exemption.labels === undefined ? {} : { labels: exemption.labels }),
    ...(exemption.schedule === undefined ? {} : { schedule: schedule(exemption.schedule) }),
  };
}

function toZone(zone: CameraConfig['zones'][number]): Zone {
  return { zoneId: zone.id, version: 1, name: zone.name ?? zone.id, polygon: toPolygon(zone.polygon) };
}

function toPolygon(points: readonly (readonly [number, number])[]): PolygonNorm {
  return points.map(([x, y]) => ({ x, y }));
}
