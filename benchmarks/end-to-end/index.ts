/** End-to-end accuracy: scenarios through the whole program, from RTSP to JetStream. */

export { figuresOf, type Figures, type Judged } from './figures.ts';
export { countsOf, type Golden, type GoldenCounts, worseThan } from './golden.ts';
export { judgeHealth, judgeSuspension } from './health.ts';
export { judge } from './judge.ts';
export { matchIncidents, type Match, type Matching } from './match.ts';
export { play, playInGroups, type PlayOptions } from './play.ts';
export { faultyCameras, findClips, parseSampling, soundCameras } from './plan.ts';
export { accuracyReport, cameraLine, faultReport } from './report.ts';
export type { BenchCamera, CameraResult, Raised, ReportedFault, Sampling } from './types.ts';
