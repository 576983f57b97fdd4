/** Structured logs as JSON lines on standard error; passwords in addresses are cut out of every line. */

import { pino } from 'pino';
import type { Log } from '../core/index.ts';
import { redactUrls } from '../core/index.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** @param destination where lines go; standard error unless a test wants to read them. */
export function createLog(level: LogLevel, destination: { write(line: string): void } = process.stderr): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => destination.write(redactUrls(line)) },
  );
}
