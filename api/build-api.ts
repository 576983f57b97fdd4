/** Builds the server of API and console; listening is left to the caller. */

import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import fastifySwagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastifyWebsocket from '@fastify/websocket';
import { Ajv } from 'ajv';
import fastify from 'fastify';
import type { FastifyBaseLogger } from 'fastify';
import type { Clock, Log } from '../core/index.ts';
import { silentLog } from '../core/index.ts';
import type { IncidentService, IncidentStore } from '../incidents/index.ts';
import { installGuard } from './auth/guard.ts';
import type { GuardedRoute } from './auth/guard.ts';
import { DEFAULT_COST } from './auth/password.ts';
import type { ScryptCost } from './auth/password.ts';
import { newSecret } from './auth/secret.ts';
import type { ApiApp, ApiContext } from './context.ts';
import { Problem } from './contract/index.ts';
import { FeedHub } from './feed/feed-hub.ts';
import { RevisionReader } from './feed/revision-reader.ts';
import { IncidentDesk } from './incident-desk.ts';
import { LivePool } from './live/live-pool.ts';
import type { LiveLimits } from './live/live-pool.ts';
import { auditRoutes } from './plugins/audit.ts';
import { cameraSettingsRoutes } from './plugins/camera-settings.ts';
import { cameraRoutes } from './plugins/cameras.ts';
import { consoleRoutes } from './plugins/console-files.ts';
import { feedRoutes } from './plugins/feed.ts';
import { incidentRoutes } from './plugins/incidents.ts';
import { liveRoutes } from './plugins/live.ts';
import { mediaRoutes } from './plugins/media.ts';
import { replayRoutes } from './plugins/replay.ts';
import { ruleRoutes } from './plugins/rules.ts';
import { signInRoutes } from './plugins/sign-in.ts';
import { supervisionRoutes } from './plugins/supervision.ts';
import { systemRoutes } from './plugins/system.ts';
import { userRoutes } from './plugins/users.ts';
import type {
  CameraControl,
  CameraDirectory,
  LiveSource,
  RuleControl,
  SystemFigures,
  TrackReplay,
} from './ports.ts';
import { installProblems, sendError } from './problem.ts';
import type { ApiStore } from './store/api-store.ts';

/** Everything that the server stands on. */
export interface ApiDeps {
  readonly clock: Clock;
  /** Log of the server; passwords, cookies and tokens are not in it. */
  readonly log?: Log;
  /** A pino logger for Fastify's request log; without it there is none. */
  readonly requestLog?: FastifyBaseLogger;
  readonly store: ApiStore;
  readonly incidentStore: IncidentStore;
  readonly incidents: Pick<IncidentService, 'review' | 'onChange'>;
  readonly evidenceDir: string;
  readonly cameras: CameraDirectory;
  readonly cameraControl: CameraControl;
  readonly rules: RuleControl;
  readonly replay: TrackReplay;
  readonly live: LiveSource;
  readonly liveLimits?: LiveLimits;
  readonly system?: SystemFigures;
  /** PEM texts; with them the server speaks HTTPS and its cookies are `Secure`. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** IANA zone of statistics. */
  readonly timeZone: string;
  readonly version: string;
  /** Folder of the built console; without it only the API is served. */
  readonly consoleDir?: string;
  readonly passwordCost?: ScryptCost;
}

/** The server, and what the program needs to start it. */
export interface Api {
  readonly app: ApiApp;
  /** Secret of the first run: print `<address>/set-up#<secret>`. `undefined` once there is a user. */
  setUpSecret(): string | undefined;
  /** Every route with what it asks of its caller. */
  readonly routes: readonly GuardedRoute[];
}

const MOST_BODY_BYTES = 1024 * 1024;

/** Builds the server and registers every route. `app.close()` ends streams and processes; the stores stay open. */
export async function buildApi(deps: ApiDeps): Promise<Api> {
  const app = makeApp(deps);
  const context = makeContext(deps);
  const routes = await installParts(app, deps, context);
  if (deps.consoleDir !== undefined) {
    const dir = deps.consoleDir;
    await app.register(async (scope) => consoleRoutes(scope as ApiApp, dir));
  }
  await app.register(async (scope) => {
    const typed = scope as ApiApp;
    for (const routes of SUBJECTS) routes(typed, context);
  });
  await app.ready();
  return { app, setUpSecret: () => context.setUpToken, routes };
}

const SUBJECTS = [
  signInRoutes,
  userRoutes,
  incidentRoutes,
  mediaRoutes,
  feedRoutes,
  cameraRoutes,
  cameraSettingsRoutes,
  liveRoutes,
  ruleRoutes,
  replayRoutes,
  supervisionRoutes,
  auditRoutes,
  systemRoutes,
] as const;

function makeApp(deps: ApiDeps): ApiApp {
  const app = fastify({
    ...(deps.requestLog === undefined ? { logger: false } : { loggerInstance: deps.requestLog }),
    ...(deps.tls === undefined
      ? {}
      : { https: { cert: deps.tls.cert, key: deps.tls.key, minVersion: 'TLSv1.2' } }),
    bodyLimit: MOST_BODY_BYTES,
    routerOptions: { maxParamLength: 200 },
    requestTimeout: 30_000,
    // An open feed must not keep the program from stopping.
    forceCloseConnections: true,
    // Addresses that the router itself refuses: too long, not decodable.
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
    genReqId: () => newSecret().slice(0, 16),
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as ApiApp;
  installValidation(app);
  installProblems(app);
  return app;
}

/** Numbers and lists in an address are text and must be read; a body must have its types already. */
function installValidation(app: ApiApp): void {
  const common = { allErrors: false, useDefaults: true, removeAdditional: false, strict: false } as const;
  const address = new Ajv({ ...common, coerceTypes: 'array' });
  const body = new Ajv({ ...common, coerceTypes: false });
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? body : address).compile(schema as object),
  );
}

function makeContext(deps: ApiDeps): ApiContext {
  const log = deps.log ?? silentLog;
  const reader = new RevisionReader(deps.incidentStore.path);
  const feed = new FeedHub(reader, deps.clock);
  const stopListening = deps.incidents.onChange(() => feed.notify());
  const live = new LivePool(deps.live, {
    log,
    ...(deps.liveLimits === undefined ? {} : { limits: deps.liveLimits }),
  });
  return {
    clock: deps.clock,
    store: deps.store,
    incidents: new IncidentDesk(deps.incidentStore, deps.incidents),
    cameras: deps.cameras,
    cameraControl: deps.cameraControl,
    rules: deps.rules,
    replay: deps.replay,
    feed,
    live,
    system: deps.system ?? { figures: () => ({}) },
    evidenceDir: deps.evidenceDir,
    timeZone: deps.timeZone,
    version: deps.version,
    startedAtMs: deps.clock.nowMs(),
    secure: deps.tls !== undefined,
    passwordCost: deps.passwordCost ?? DEFAULT_COST,
    setUpToken: deps.store.users.count() === 0 ? newSecret() : undefined,
    close: () => {
      stopListening();
      feed.close();
      live.close();
      reader.close();
    },
  };
}

async function installParts(
  app: ApiApp,
  deps: ApiDeps,
  context: ApiContext,
): Promise<readonly GuardedRoute[]> {
  await app.register(fastifyCookie);
  await app.register(fastifyHelmet, {
    global: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: deps.tls === undefined ? false : { maxAge: 31_536_000 },
  });
  const routes = installGuard(app, {
    sessions: context.store.sessions,
    tokens: context.store.tokens,
    secure: context.secure,
  });
  app.addHook('onRoute', (route) => {
    // Every answer that is no success is a problem document.
    route.schema = { ...route.schema };
    const response = route.schema.response as Record<string, unknown> | undefined;
    if (response !== undefined) route.schema.response = { ...response, '4xx': Problem };
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control'))
      reply.header('cache-control', 'no-store');
    return payload;
  });
  app.addHook('preClose', async () => context.close());
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'streetwatch',
        version: deps.version,
        description: 'API of the console; see docs/reference.',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'streetwatch' },
          token: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ session: [] }, { token: [] }],
    },
  });
  await app.register(fastifyStatic, { serve: false, root: deps.evidenceDir });
  await app.register(fastifyWebsocket, { options: { maxPayload: 1024, perMessageDeflate: false } });
  return routes;
}
