/**
 * A lane in which vehicles follow each other and stop, by the Intelligent Driver Model (Treiber, Hennecke, Helbing 2000,
 * doi:10.1103/PhysRevE.62.1805). Metres and seconds; the same for the same seed.
 */

import { seededRandom } from '../street/timeline/random.ts';

/** What lets vehicles past the stop line. */
export type Gate =
  /** One at a time, each 8 to 20 s. */
  | 'barrier'
  /** All of them for 30 s, after 50 s of red. */
  | 'signal';

/** A vehicle at a moment. */
export interface LaneVehicle {
  readonly id: number;
  /** Its front, metres from where the lane begins. */
  readonly frontM: number;
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  /** To the right of the middle of the lane, metres. */
  readonly asideM: number;
}

/** Steps a second: as many pictures can be taken. */
export const LANE_FPS = 10;
/** Where vehicles come into the lane, where they stop, and where they are gone, metres. */
const ENTRY_M = -10;
const STOP_LINE_M = 42;
const EXIT_M = 70;

// The model's parameters, in its own letters, for city traffic: desired speed, time headway, acceleration, braking, gap.
const V0 = 9;
const T = 1.2;
const A = 1.4;
const B = 2.0;
const S0 = 1.8;
const DELTA = 4;

const SIGNAL_CYCLE_S = 80;
const RED_S = 50;

interface Driver {
  readonly vehicle: Omit<LaneVehicle, 'frontM'>;
  frontM: number;
  speed: number;
  isPast: boolean;
}

/** Vehicles of the lane at each step. */
export function laneTraffic(options: {
  readonly seed: number;
  readonly gate: Gate;
  readonly seconds: number;
}): LaneVehicle[][] {
  const { gate, seconds } = options;
  const random = seededRandom(options.seed);
  const between = (low: number, high: number): number => low + (high - low) * random();
  const drivers: Driver[] = [];
  let id = 0;
  let arrivalS = between(2, 6);
  let opensS = between(12, 20);
  return Array.from({ length: seconds * LANE_FPS }, (_, step) => {
    const nowS = step / LANE_FPS;
    const last = drivers.at(-1);
    if (nowS >= arrivalS && (last === undefined || last.frontM - last.vehicle.lengthM > ENTRY_M + 8)) {
      drivers.push(arriving(id++, between));
      arrivalS = nowS + between(4, 9);
    }
    let isOpen = nowS % SIGNAL_CYCLE_S >= RED_S;
    if (gate === 'barrier') {
      isOpen = nowS >= opensS;
      if (isOpen && drivers.some(({ isPast, frontM }) => !isPast && frontM > STOP_LINE_M - 3))
        opensS = nowS + between(8, 20);
    }
    let ahead: Driver | undefined;
    for (const driver of drivers) {
      if (!driver.isPast && isOpen && driver.frontM > STOP_LINE_M - 3) {
        driver.isPast = true;
        isOpen = gate === 'signal';
      }
      drive(driver, ahead);
      ahead = driver;
    }
    while ((drivers[0]?.frontM ?? 0) > EXIT_M) drivers.shift();
    return drivers.map(({ vehicle, frontM }) => ({ ...vehicle, frontM }));
  });
}

function arriving(id: number, between: (low: number, high: number) => number): Driver {
  const vehicle = {
    id,
    lengthM: between(3.8, 5.3),
    widthM: between(1.65, 1.95),
    heightM: between(1.4, 1.9),
    asideM: between(-0.25, 0.25),
  };
  return { vehicle, frontM: ENTRY_M, speed: V0 / 2, isPast: false };
}

/** One step behind what is next ahead: a vehicle, or the stop line while it is closed. */
function drive(driver: Driver, ahead: Driver | undefined): void {
  const gapTo = (m: number, speed: number): { gapM: number; closing: number } => ({
    gapM: Math.max(0.1, m - driver.frontM),
    closing: driver.speed - speed,
  });
  const leaders = [
    ...(ahead === undefined ? [] : [gapTo(ahead.frontM - ahead.vehicle.lengthM, ahead.speed)]),
    ...(driver.isPast ? [] : [gapTo(STOP_LINE_M + S0, 0)]),
  ];
  const free = 1 - (driver.speed / V0) ** DELTA;
  const held = leaders.map(({ gapM, closing }) => {
    const wished = S0 + Math.max(0, driver.speed * T + (driver.speed * closing) / (2 * Math.sqrt(A * B)));
    return (wished / gapM) ** 2;
  });
  const acceleration = Math.max(-4, A * (free - Math.max(0, ...held)));
  driver.speed = Math.max(0, driver.speed + acceleration / LANE_FPS);
  // Drivers do not creep up for centimetres.
  if (driver.speed < 0.15 && acceleration < 0.3) driver.speed = 0;
  driver.frontM += driver.speed / LANE_FPS;
}
