/** Public face of the parking benchmark. */

export { evaluateParking } from './evaluate.ts';
export type { ParkingEvaluation, ParkingEvaluationOptions, ParkingFigures } from './evaluate.ts';
export { parkingReport } from './report.ts';
