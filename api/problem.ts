/** Errors as problem details (RFC 9457) with the stable codes of `core/errors.ts`. */

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ERROR_CODES, messageOf, StreetwatchError } from '../core/index.ts';
import type { ErrorCode } from '../core/index.ts';
import type { Problem } from './contract/index.ts';
import type { FieldProblem } from './ports.ts';

/** A body of the right form with values that are not allowed; each field is named. */
export class FieldError extends StreetwatchError {
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    super('api.invalid', problems.map(({ path, message }) => `${path}: ${message}`).join('; '));
    this.problems = problems;
  }
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  'api.unauthenticated': 401,
  'api.credentials': 401,
  'api.set-up-link': 403,
  'api.forbidden': 403,
  'api.cross-site': 403,
  'api.not-found': 404,
  'api.method-not-allowed': 405,
  'api.invalid': 400,
  'api.too-large': 413,
  'api.media-type': 415,
  'api.conflict': 409,
  'api.claimed': 409,
  'api.if-match-missing': 428,
  'api.if-match-failed': 412,
  'api.too-many-requests': 429,
  'api.range': 416,
  'live.busy': 503,
  'live.unavailable': 503,
  'source.unreachable': 503,
  'source.stalled': 503,
  'footage.missing': 404,
  'incident.not-found': 404,
  'incident.conflict': 409,
  'incident.invalid': 400,
  'disk.full': 507,
  'zone.invalid': 422,
  'rule.invalid': 422,
};

/** Statuses that Fastify itself gives to a request that it cannot read. */
const FRAMEWORK: Readonly<Record<number, ErrorCode>> = {
  400: 'api.invalid',
  404: 'api.not-found',
  405: 'api.method-not-allowed',
  412: 'api.if-match-failed',
  413: 'api.too-large',
  414: 'api.too-large',
  415: 'api.media-type',
  416: 'api.range',
  429: 'api.too-many-requests',
};

/** Makes the reply to every error and to every unknown address a problem document. */
export function installProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      problemOf('api.not-found', 404, request, { detail: 'there is nothing at this address' }),
    ),
  );
}

/** Answers an error. The text of an unexpected one stays in the log: it may hold what nobody should see. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof StreetwatchError) {
    const status = STATUS[error.code];
    if (status !== undefined) {
      const retryMs = error.context['retryAfterMs'];
      if (typeof retryMs === 'number') reply.header('retry-after', String(Math.ceil(retryMs / 1000)));
      const context = Object.keys(error.context).length > 0 ? { context: { ...error.context } } : {};
      const errors =
        error instanceof FieldError
          ? {
              errors: error.problems.map(({ path, message }) => ({
                path: `body/${path.replaceAll('.', '/')}`,
                message,
              })),
            }
          : {};
      return sendProblem(
        reply,
        problemOf(error.code, status, request, { detail: error.message, ...context, ...errors }),
      );
    }
    if (error.code.endsWith('.invalid') && error.code !== 'state.invalid' && error.code !== 'model.invalid') {
      return sendProblem(reply, problemOf(error.code, 400, request, { detail: error.message }));
    }
  }
  const known = error as Partial<FastifyError>;
  if (known.validation) {
    const errors = known.validation.map((one) => ({
      path: `${known.validationContext ?? 'body'}${one.instancePath}`,
      message: one.message ?? 'is not allowed',
    }));
    return sendProblem(
      reply,
      problemOf('api.invalid', 400, request, { detail: known.message ?? '', errors }),
    );
  }
  const status = known.statusCode ?? 500;
  const code = FRAMEWORK[status] ?? (status >= 400 && status < 500 ? 'api.invalid' : undefined);
  if (code !== undefined) {
    return sendProblem(reply, problemOf(code, status, request, { detail: messageOf(error) }));
  }
  request.log.error({ err: error }, 'request failed');
  return sendProblem(reply, problemOf('api.internal', 500, request, {}));
}

function problemOf(
  code: ErrorCode,
  status: number,
  request: FastifyRequest,
  more: Pick<Problem, 'detail' | 'errors' | 'context'>,
): Problem {
  return {
    type: `urn:streetwatch:error:${code}`,
    title: ERROR_CODES[code],
    status,
    code,
    instance: request.id,
    ...more,
  };
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(problem);
}
