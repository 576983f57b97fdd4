/** The connection to NATS: options, one attempt to connect, and errors with our codes. */

import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import {
  checkServerIdentity,
  type ConnectionOptions as NodeConnectionOptions,
  type PeerCertificate,
} from 'node:tls';
import {
  ErrorCode as NatsCode,
  NatsError,
  connect,
  credsAuthenticator,
  nkeyAuthenticator,
  type ConnectionOptions,
  type NatsConnection,
  type TlsOptions,
} from 'nats';
import { StreetwatchError, messageOf, redactUrls } from '../../core/index.ts';

/** How to reach the NATS servers, and who we are. */
export interface BrokerOptions {
  /** `host:port` or `nats://host:port`, `tls://…`; tried in turn. */
  readonly servers: readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** Files with a JWT and its seed, or with an nkey seed. */
  readonly credsFile?: string;
  readonly nkeyFile?: string;
  /** Certificates, PEM files. An empty object asks for TLS with the certificates of the system. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  /** Name of this connection on the server. */
  readonly name?: string;
}

/**
 * Connects once; whoever calls owns the retry.
 * @throws StreetwatchError `broker.unreachable`, `broker.unauthorised`.
 */
export async function connectBroker(options: BrokerOptions): Promise<NatsConnection> {
  try {
    return await connect(toConnectionOptions(options));
  } catch (cause) {
    throw brokerError(cause, options.servers);
  }
}

function toConnectionOptions(options: BrokerOptions): ConnectionOptions {
  const { tls } = options;
  return {
    servers: [...options.servers],
    name: options.name ?? 'streetwatch',
    // One place owns retry and back-off: the publisher's loop.
    reconnect: false,
    timeout: 5_000,
    pingInterval: 15_000,
    maxPingOut: 2,
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.password === undefined ? {} : { pass: options.password }),
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(options.credsFile === undefined
      ? {}
      : { authenticator: credsAuthenticator(readFileSync(options.credsFile)) }),
    ...(options.nkeyFile === undefined
      ? {}
      : { authenticator: nkeyAuthenticator(Buffer.from(readFileSync(options.nkeyFile, 'utf8').trim())) }),
    ...(tls === undefined ? {} : { tls: toTlsOptions(tls, options.servers) }),
  };
}

/** Handed on to Node's `tls.connect`; the client library's type names only some of what it hands on. */
type NodeTlsOptions = TlsOptions & Pick<NodeConnectionOptions, 'checkServerIdentity'>;

function toTlsOptions(tls: NonNullable<BrokerOptions['tls']>, servers: readonly string[]): NodeTlsOptions {
  const hosts = servers.map(
    (server) => new URL(server.includes('://') ? server : `nats://${server}`).hostname,
  );
  const addresses = hosts.map((host) => host.replace(/^\[|\]$/g, '')).filter((host) => isIP(host) !== 0);
  return {
    ...(tls.caFile === undefined ? {} : { caFile: tls.caFile }),
    ...(tls.certFile === undefined ? {} : { certFile: tls.certFile }),
    ...(tls.keyFile === undefined ? {} : { keyFile: tls.keyFile }),
    // A server that is known by its address is checked by the library as `localhost`: check the address instead.
    ...(addresses.length < hosts.length || addresses.length === 0
      ? {}
      : {
          checkServerIdentity: (_host: string, certificate: PeerCertificate) => {
            const errors = addresses.map((address) => checkServerIdentity(address, certificate));
            return errors.includes(undefined) ? undefined : errors[0];
          },
        }),
  };
}

const REFUSED: readonly string[] = [
  NatsCode.AuthorizationViolation,
  NatsCode.BadAuthentication,
  NatsCode.BadCreds,
  NatsCode.AuthenticationExpired,
  NatsCode.AuthenticationTimeout,
  NatsCode.AccountExpired,
  NatsCode.PermissionsViolation,
];

/** Our error for one of the client library. */
export function brokerError(cause: unknown, servers: readonly string[] = []): StreetwatchError {
  if (cause instanceof StreetwatchError) return cause;
  const context = { servers: redactUrls(servers.join(', ')) };
  const text = redactUrls(messageOf(cause));
  if (cause instanceof NatsError) {
    if (REFUSED.includes(cause.code)) {
      return new StreetwatchError('broker.unauthorised', `the broker refuses the credentials: ${text}`, {
        cause,
        context,
      });
    }
    // 503 from JetStream subjects: nobody answers, so JetStream is off or the stream does not exist.
    if (cause.api_error !== undefined || cause.code === '503') {
      return new StreetwatchError('broker.rejected', `JetStream refused: ${text}`, {
        cause,
        context: { ...context, natsCode: cause.api_error?.err_code ?? cause.code },
      });
    }
  }
  return new StreetwatchError('broker.unreachable', `the broker cannot be reached: ${text}`, {
    cause,
    context,
  });
}
