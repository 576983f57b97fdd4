/** A street of our own: rendered camera footage with exact truth, and live RTSP cameras that play it. */

export { chromiumPath } from './render/browser.ts';
export { renderScenario, type RenderOptions, type RenderedScenario } from './render/render-scenario.ts';
export { loadScenario, parseScenario } from './scenario/load.ts';
export type { Scenario, ServingFault } from './scenario/schema.ts';
export { type VariantChoice, variantOf } from './scenario/variant.ts';
export {
  serveStreet,
  streetServerAvailable,
  type ServeStreetOptions,
  type StreetClip,
  type StreetLap,
  type StreetServer,
} from './serve/serve-street.ts';
export { expectedTruth } from './timeline/expected.ts';
export { projectZone, WHOLE_PICTURE } from './timeline/ground-to-picture.ts';
export type {
  ExpectedIncident,
  FrameObject,
  FrameTruth,
  ObjectClass,
  ScenarioTruth,
} from './timeline/truth-types.ts';
export { clipIn, type CommittedClip, committedClip, readTruth } from './clips.ts';
