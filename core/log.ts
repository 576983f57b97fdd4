/** The logging interface that stages are given; `app/` passes a pino logger. */

/** Facts of a log line. Constant lower-case text goes into the message, everything variable here. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log: `log.warn({ cameraId, dropped }, 'frames dropped')`. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** A log that keeps nothing. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
