/** A street of our own: rendered camera footage with exact truth, and live RTSP cameras that play it. */

export {
  serveStreet,
  streetServerAvailable,
  type ServeStreetOptions,
  type StreetClip,
  type StreetServer,
} from './serve/serve-street.ts';
