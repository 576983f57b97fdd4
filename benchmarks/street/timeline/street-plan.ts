/** The ground plan of the street in metres, shared by the scene that draws it and the timeline that moves on it. */

/** The carriageway reaches from −7 to 7 across; pavements lie beyond, one kerb higher. */
export const ROAD_HALF_M = 7;
export const KERB_M = 0.16;
export const NEAR_PAVEMENT_END_M = 22;
export const FAR_PAVEMENT_END_M = 12.2;

/** Height of the ground; vehicles that mount the kerb climb over half a metre. */
export function groundHeightM(across: number): number {
  const over = Math.abs(across) - ROAD_HALF_M;
  return KERB_M * Math.min(1, Math.max(0, over / 0.3));
}
