/** The signed list of an incident's files and of what they were made with (anti-forgery, GA/T 832). */

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { StreetwatchError, messageOf } from '../../core/index.ts';
import type { EvidenceItem, Incident, MissingEvidence } from '../incident.ts';
import { writeDurablySync } from './files.ts';

/** Signs manifests with the installation's own Ed25519 key (RFC 8032). */
export class EvidenceSigner {
  /** First 16 hexadecimal digits of the SHA-256 of the public key (DER, SPKI). */
  readonly keyId: string;
  /** PEM, for whoever verifies. */
  readonly publicKey: string;
  private readonly key: KeyObject;

  private constructor(key: KeyObject) {
    this.key = key;
    const open = createPublicKey(key);
    this.publicKey = open.export({ type: 'spki', format: 'pem' }).toString();
    this.keyId = createHash('sha256')
      .update(open.export({ type: 'spki', format: 'der' }))
      .digest('hex')
      .slice(0, 16);
  }

  /**
   * Reads the key, or makes it at the first start; the public key lies beside it as `<path>.pub`.
   * @throws StreetwatchError `store.failed` when the file is no Ed25519 key or cannot be written.
   */
  static open(path: string): EvidenceSigner {
    if (!existsSync(path)) {
      const { privateKey } = generateKeyPairSync('ed25519');
      writeDurablySync(path, Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })), 0o600);
    }
    try {
      const signer = new EvidenceSigner(createPrivateKey(readFileSync(path)));
      if (!existsSync(`${path}.pub`)) writeDurablySync(`${path}.pub`, Buffer.from(signer.publicKey));
      return signer;
    } catch (cause) {
      if (cause instanceof StreetwatchError) throw cause;
      throw new StreetwatchError(
        'store.failed',
        `the evidence key ${path} cannot be used: ${messageOf(cause)}`,
        {
          cause,
          context: { file: path },
        },
      );
    }
  }

  sign(bytes: Uint8Array): Uint8Array {
    return sign(null, bytes, this.key);
  }
}

/** Whether `signature` (64 bytes) is that of `bytes` by the key of `publicKey` (PEM). */
export function verifySignature(bytes: Uint8Array, signature: Uint8Array, publicKey: string): boolean {
  return verify(null, bytes, createPublicKey(publicKey), signature);
}

export interface ManifestInput {
  readonly incident: Incident;
  /** The revision that publishes it. */
  readonly revision: number;
  readonly files: readonly Omit<EvidenceItem, 'evidenceId'>[];
  readonly missing: readonly MissingEvidence[];
  /** SHA-256 of the manifest before it: a chain that shows a removed one. */
  readonly previousSha256: string | undefined;
  readonly keyId: string;
}

/** The bytes of a manifest: JSON, UTF-8, file names relative to its own folder. */
export function manifestBytes(input: ManifestInput): Uint8Array {
  const { incident } = input;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const manifest = {
    format: 'streetwatch-evidence-manifest/1',
    incidentId: incident.incidentId,
    revision: input.revision,
    type: incident.eventType,
    camera: incident.camera,
    zone: {
      id: incident.place.zoneId,
      version: incident.place.zoneVersion,
      polygon: incident.place.polygon,
    },
    rule: { id: incident.place.ruleId, version: incident.place.ruleVersion },
    model: incident.model,
    clock: incident.camera.clock,
    firstSeen: iso(incident.firstSeenMs),
    stationarySince: iso(incident.sinceMs),
    openedAt: incident.openedAtMs === undefined ? undefined : iso(incident.openedAtMs),
    measurements: incident.measurements,
    files: input.files.map((file) => ({
      name: file.path.slice(file.path.lastIndexOf('/') + 1),
      role: file.role,
      moment: file.moment,
      overlay: file.overlay,
      capturedAt: iso(file.capturedAtMs),
      to: file.toMs === undefined ? undefined : iso(file.toMs),
      sha256: file.sha256,
      sizeBytes: file.sizeBytes,
    })),
    missing: input.missing,
    previousManifestSha256: input.previousSha256,
    signature: { algorithm: 'Ed25519', keyId: input.keyId },
  };
  return Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
}
