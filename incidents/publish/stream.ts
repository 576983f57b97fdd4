/** The JetStream stream of events: made when it is missing, judged when it is there. */

import {
  DiscardPolicy,
  NatsError,
  RetentionPolicy,
  StorageType,
  nanos,
  type JetStreamManager,
  type StreamInfo,
} from 'nats';
import { StreetwatchError } from '../../core/index.ts';

/** The stream to use. What is not given is only set when we make the stream, never changed on an existing one. */
export interface StreamOptions {
  /** Default `CITY_EVENTS`. */
  readonly name?: string;
  /** What a new stream holds. */
  readonly subjects: readonly string[];
  /** How long a new stream keeps events; default 400 days, so that a year can be counted. */
  readonly maxAgeMs?: number;
  /** Most bytes a new stream keeps, the oldest go first; default unlimited. */
  readonly maxBytes?: number;
  /** Copies in a cluster; default 1. */
  readonly replicas?: number;
  /** Make the stream when it is missing; default true. */
  readonly create?: boolean;
}

export const DEFAULT_STREAM = 'CITY_EVENTS';

/** JetStream's own default; longer windows cost the server memory, and we do not rely on it. */
const DUPLICATE_WINDOW_MS = 120_000;
const STREAM_NOT_FOUND = 10059;

/**
 * Makes sure that there is a stream that keeps our events.
 * @throws StreetwatchError `broker.rejected` when there is none and none may be made, or when the one that is there
 * would lose events; NatsError when the broker does not answer.
 */
export async function ensureStream(jsm: JetStreamManager, options: StreamOptions): Promise<StreamInfo> {
  const name = options.name ?? DEFAULT_STREAM;
  let info: StreamInfo;
  try {
    info = await jsm.streams.info(name);
  } catch (error) {
    if (!(error instanceof NatsError) || error.api_error?.err_code !== STREAM_NOT_FOUND) throw error;
    if (options.create === false) throw unfit(name, 'it does not exist and may not be created');
    return jsm.streams.add({
      name,
      subjects: [...options.subjects],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      max_age: nanos(options.maxAgeMs ?? 400 * 24 * 3_600_000),
      max_bytes: options.maxBytes ?? -1,
      num_replicas: options.replicas ?? 1,
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    });
  }
  const problem = streamProblem(info, options.subjects);
  if (problem !== undefined) throw unfit(name, problem);
  return info;
}

/** Why a stream would lose or not take our events, or `undefined`. */
export function streamProblem({ config }: StreamInfo, subjects: readonly string[]): string | undefined {
  const uncovered = subjects.filter((subject) => !config.subjects?.some((held) => covers(held, subject)));
  if (uncovered.length > 0) return `it does not hold ${uncovered.join(', ')}`;
  if (config.no_ack === true) return 'it does not acknowledge (no_ack)';
  if (config.retention !== RetentionPolicy.Limits) return `its retention is ${config.retention}, not limits`;
  if (config.max_msgs_per_subject === 1) return 'it keeps only one message of each incident';
  if (config.sealed || config.mirror !== undefined) return 'it is sealed or a mirror and takes no messages';
  return undefined;
}

/** Whether a subject with wildcards holds all that another one holds. */
export function covers(held: string, wanted: string): boolean {
  const a = held.split('.');
  const b = wanted.split('.');
  for (const [i, token] of a.entries()) {
    if (token === '>') return b.length > i;
    const other = b[i];
    if (other === undefined || other === '>') return false;
    if (token !== '*' && token !== other) return false;
  }
  return a.length === b.length;
}

function unfit(name: string, why: string): StreetwatchError {
  return new StreetwatchError('broker.rejected', `stream ${name} cannot be used: ${why}`, {
    context: { stream: name },
  });
}
