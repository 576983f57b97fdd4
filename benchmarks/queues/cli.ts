/** Prints what the parking rule says of made queues: `node dist/benchmarks/queues/cli.js`. */

import { RATES, playScene } from './run.ts';
import { SCENES } from './scenes.ts';
import { DETECTORS } from './view.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];

const columns = RATES.map((fps) => `${fps} fps`.padStart(18)).join('');
console.log(`${'wrong incidents an hour'.padEnd(52)}${columns}`);
for (const scene of SCENES) {
  for (const detector of DETECTORS) {
    const cells = RATES.map((fps) => {
      const { hours, wrong, parked, found, repeated, lateS } = playScene(scene, {
        fps,
        detector,
        seeds: SEEDS,
      });
      const rate = (wrong / hours).toFixed(0);
      if (parked === 0) return rate;
      const late = lateS.reduce((sum, one) => sum + one, 0) / Math.max(1, lateS.length);
      return `${rate}; ${found}/${parked} +${repeated} ${late.toFixed(0)} s`;
    });
    const name = `${scene.name}, detector ${detector.name}`;
    console.log(`${name.padEnd(52)}${cells.map((cell) => cell.padStart(18)).join('')}`);
  }
}
console.log('Parked vehicles: found of all, how many were reported again, and how late after the dwell.');
