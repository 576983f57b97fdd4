/** What a role may do, and which cameras somebody may see. */

import type { Access, Capability, Role, User } from '../contract/index.ts';
import { CAPABILITIES, ROLES } from '../contract/index.ts';

const LEAST_ROLE: Readonly<Record<Capability, Role>> = {
  'incidents.read': 'viewer',
  'evidence.read': 'viewer',
  'incidents.review': 'operator',
  'cameras.read': 'viewer',
  'cameras.write': 'administrator',
  'live.view': 'viewer',
  'rules.read': 'viewer',
  'rules.write': 'author',
  'statistics.read': 'viewer',
  'users.manage': 'administrator',
  'audit.read': 'administrator',
  'system.read': 'administrator',
};

/** A token may be issued for reading and reviewing, not for managing people: that needs a person at the console. */
export const TOKEN_CAPABILITIES: readonly Capability[] = CAPABILITIES.filter((c) => c !== 'users.manage');

/** Capabilities of a role. */
export function capabilitiesOf(role: Role): Capability[] {
  return CAPABILITIES.filter((c) => ROLES.indexOf(role) >= ROLES.indexOf(LEAST_ROLE[c]));
}

/** The authenticated caller of a request. */
export interface Principal {
  readonly kind: 'user' | 'token';
  readonly user: User;
  readonly capabilities: ReadonlySet<Capability>;
  /** Sessions have a CSRF token and an end; API tokens only an end. */
  readonly csrf?: string;
  readonly sessionHash?: string;
  readonly tokenId?: string;
  readonly expiresAtMs: number;
}

/** A camera as far as access goes. */
export interface Placed {
  readonly cameraId: string;
  readonly districtId: string;
}

/** Whether the access covers the camera. */
export function covers(access: Access, camera: Placed): boolean {
  return (
    access.all || access.cameras.includes(camera.cameraId) || access.districts.includes(camera.districtId)
  );
}

/** Whether `outer` covers all that `inner` does, so that nobody can give away more than he has. */
export function includes(outer: Access, inner: Access, cameras: readonly Placed[]): boolean {
  if (outer.all) return true;
  if (inner.all) return false;
  const districtOf = new Map(cameras.map((camera) => [camera.cameraId, camera.districtId]));
  return (
    inner.districts.every((district) => outer.districts.includes(district)) &&
    inner.cameras.every((camera) =>
      covers(outer, { cameraId: camera, districtId: districtOf.get(camera) ?? '' }),
    )
  );
}

/** Whether `role` is not above `limit`. */
export function notAbove(role: Role, limit: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(limit);
}
