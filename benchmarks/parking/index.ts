/** Public face of the parking benchmark. */

export { DEGRADATIONS } from './degrade.ts';
export type { Degradation } from './degrade.ts';
export { evaluateParking } from './evaluate.ts';
export type { ParkingEvaluation, ParkingEvaluationOptions, ParkingFigures } from './evaluate.ts';
export { parkingReport, robustnessReport } from './report.ts';
