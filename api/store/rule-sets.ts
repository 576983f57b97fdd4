/** Versions of the zones and rules of each camera: published ones for ever, one draft at a time. */

import { isDeepStrictEqual } from 'node:util';
import { StreetwatchError } from '../../core/index.ts';
import type { Clock } from '../../core/index.ts';
import type { RuleConfig } from '../../rules/index.ts';
import type { PublishedRuleSet, RuleSetDocument, RuleSetDraft, VersionFacts } from '../contract/index.ts';
import { inTransaction } from './database.ts';
import type { Db } from './database.ts';
import { VersionTable } from './version-table.ts';
import type { Author, StoredVersion } from './version-table.ts';

/** A rule of a stored set, with what people decided about its incidents. */
export interface PublishedRule extends RuleConfig {
  /** `true`: nothing of an incident is published before a person has confirmed it. */
  readonly approval?: boolean;
}

interface Stored {
  readonly document: RuleSetDocument;
  readonly zoneVersions: Record<string, number>;
  readonly ruleVersions: Record<string, number>;
}

/** What is said to the one who comes second. */
export const RULES_OVERTAKEN = 'the rules were published by somebody else since they were read';

/** Reads and writes rule sets. */
export class RuleSetStore {
  private readonly db: Db;
  private readonly clock: Clock;
  private readonly table: VersionTable<string>;

  constructor(db: Db, clock: Clock) {
    this.db = db;
    this.clock = clock;
    const overtaken = RULES_OVERTAKEN;
    this.table = new VersionTable({ db, clock, table: 'rule_versions', column: 'document', overtaken });
  }

  /**
   * The rule set that counts at start: the newest published one, or the configuration's as version 1. A later edit of
   * the configuration file does not undo what was published at the console; it counts only for cameras without versions.
   */
  startWith(cameraId: string, fromConfiguration: RuleSetDocument): PublishedRuleSet {
    return (
      this.current(cameraId) ??
      this.publish(cameraId, {
        document: fromConfiguration,
        note: 'from the configuration file',
        author: { id: 'configuration', name: 'configuration' },
        basedOn: 0,
      })
    );
  }

  current(cameraId: string): PublishedRuleSet | undefined {
    const found = this.table.current(cameraId);
    return found && toPublished(found);
  }

  version(cameraId: string, version: number): PublishedRuleSet | undefined {
    const found = this.table.version(cameraId, version);
    return found && toPublished(found);
  }

  /** Newest first. */
  versions(cameraId: string): VersionFacts[] {
    return this.table.versions(cameraId).map(({ body: _body, ...facts }) => facts);
  }

  /**
   * What a publication would store: version numbers of zones and rules go up where they changed, and never back, so
   * that a version names one form of a zone for ever.
   */
  next(cameraId: string, document: RuleSetDocument): Stored & { version: number } {
    const before = this.current(cameraId);
    const highest = before ?? { zoneVersions: {}, ruleVersions: {}, version: 0 };
    const zoneVersions: Record<string, number> = { ...highest.zoneVersions };
    const ruleVersions: Record<string, number> = { ...highest.ruleVersions };
    for (const zone of document.zones) {
      const old = before?.document.zones.find((one) => one.zoneId === zone.zoneId);
      if (!isDeepStrictEqual(old, zone)) zoneVersions[zone.zoneId] = (zoneVersions[zone.zoneId] ?? 0) + 1;
    }
    for (const rule of document.rules) {
      const old = before?.document.rules.find((one) => one.ruleId === rule.ruleId);
      if (!isDeepStrictEqual(old, rule)) ruleVersions[rule.ruleId] = (ruleVersions[rule.ruleId] ?? 0) + 1;
    }
    return { document, zoneVersions, ruleVersions, version: highest.version + 1 };
  }

  /**
   * Stores a new version and drops the draft.
   * @throws StreetwatchError `api.if-match-failed` when `basedOn` is not the current version any more.
   */
  publish(
    cameraId: string,
    wish: { document: RuleSetDocument; note: string; author: Author; basedOn: number },
  ): PublishedRuleSet {
    return inTransaction(this.db, () => {
      const { document, ...facts } = wish;
      const { version: _version, ...stored } = this.next(cameraId, document);
      const published = this.table.add(cameraId, { ...facts, body: JSON.stringify(stored) });
      this.dropDraft(cameraId);
      return toPublished(published);
    });
  }

  draft(cameraId: string): Omit<RuleSetDraft, 'problems'> | undefined {
    const row = this.db.prepare('SELECT * FROM rule_drafts WHERE camera_id = ?').get(cameraId) as
      | {
          camera_id: string;
          revision: number;
          based_on: number;
          author_id: string;
          author_name: string;
          at_ms: number;
          document: string;
        }
      | undefined;
    if (!row) return undefined;
    return {
      cameraId: row.camera_id,
      revision: row.revision,
      basedOn: row.based_on,
      authorId: row.author_id,
      authorName: row.author_name,
      atMs: row.at_ms,
      document: JSON.parse(row.document) as RuleSetDocument,
    };
  }

  /** @throws StreetwatchError `api.if-match-failed` when the draft is not at `revision` (0: there is none) any more. */
  saveDraft(cameraId: string, revision: number, document: RuleSetDocument, author: Author): void {
    inTransaction(this.db, () => {
      const before = this.draft(cameraId);
      if ((before?.revision ?? 0) !== revision) {
        throw new StreetwatchError(
          'api.if-match-failed',
          'the draft was changed by somebody else since it was read',
        );
      }
      this.db
        .prepare(
          `INSERT OR REPLACE INTO rule_drafts (camera_id, revision, based_on, author_id, author_name, at_ms, document)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          cameraId,
          revision + 1,
          before?.basedOn ?? this.current(cameraId)?.version ?? 0,
          author.id,
          author.name,
          this.clock.nowMs(),
          JSON.stringify(document),
        );
    });
  }

  dropDraft(cameraId: string): void {
    this.db.prepare('DELETE FROM rule_drafts WHERE camera_id = ?').run(cameraId);
  }
}

/** The rules of a stored set as `rules/` takes them, each with whether its incidents wait for approval. */
export function ruleConfigsOf(
  cameraId: string,
  set: Pick<PublishedRuleSet, 'document' | 'zoneVersions' | 'ruleVersions'>,
): PublishedRule[] {
  return set.document.rules.map((rule) => {
    const zone = set.document.zones.find((one) => one.zoneId === rule.zoneId);
    if (!zone) {
      throw new StreetwatchError(
        'rule.invalid',
        `rule ${rule.ruleId} names zone ${rule.zoneId}, which does not exist`,
        {
          context: { cameraId, ruleId: rule.ruleId },
        },
      );
    }
    const { zoneId, ruleId, ...rest } = rule;
    return {
      ...rest,
      ruleId,
      ruleVersion: set.ruleVersions[ruleId] ?? 1,
      cameraId,
      zone: { ...zone, version: set.zoneVersions[zoneId] ?? 1 },
    };
  });
}

function toPublished({ body, ...facts }: StoredVersion<string>): PublishedRuleSet {
  return { ...facts, ...(JSON.parse(body) as Stored) };
}
