/** Publishing, versions and copying of zones and rules. */

import { useState } from 'react';
import type {
  Camera,
  PublishedRuleSet,
  ReplayResult,
  RuleSetDiff,
  RuleSetDocument,
  RuleSetDraft,
  VersionFacts,
} from '../../../api/contract/index.ts';
import { ApiProblem, call, get } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { useLoad } from '../parts/use-load.ts';
import { ReplaySum } from '../zone-editor/replay-panel.tsx';

export function PublishForm({
  disabled,
  replayed,
  onPublish,
}: {
  disabled: boolean;
  /** What a replay of this very document found. */
  replayed: ReplayResult | undefined;
  onPublish: (note: string) => void;
}) {
  const { t } = useWords();
  const [note, setNote] = useState<string | undefined>(undefined);
  if (note === undefined) {
    return (
      <button type="button" className="primary" disabled={disabled} onClick={() => setNote('')}>
        {t('rules.publish')}
      </button>
    );
  }
  return (
    <form
      className="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        onPublish(note);
        setNote(undefined);
      }}
    >
      {replayed && replayed.frames > 0 && <ReplaySum result={replayed} />}
      <input
        aria-label={t('rules.note')}
        placeholder={t('rules.note')}
        value={note}
        maxLength={500}
        required
        autoFocus
        onChange={(event) => setNote(event.target.value)}
      />
      <button type="submit" className="primary">
        {t('rules.publish').replace('…', '')}
      </button>
      <button type="button" onClick={() => setNote(undefined)}>
        {t('ui.cancel')}
      </button>
    </form>
  );
}

export function History(props: {
  cameraId: string;
  current: number;
  readOnly: boolean;
  onRollBack: (version: number, note: string) => void;
}) {
  const { t, time, sentence } = useWords();
  const path = `/api/cameras/${encodeURIComponent(props.cameraId)}/rules`;
  const { data } = useLoad<{ items: VersionFacts[] }>(`${path}/versions?v=${props.current}`);
  const [compared, setCompared] = useState<number | undefined>(undefined);
  return (
    <details className="history">
      <summary>
        {t('rules.history')} ({data?.items.length ?? 0})
      </summary>
      <table>
        <tbody>
          {(data?.items ?? []).map((one) => (
            <tr key={one.version}>
              <td className="number">v{one.version}</td>
              <td className="number">{time(one.atMs)}</td>
              <td>{sentence(one.authorName)}</td>
              <td className="wrap">{sentence(one.note)}</td>
              <td>
                {one.version > 1 && (
                  <button
                    type="button"
                    className="quiet"
                    aria-expanded={compared === one.version}
                    onClick={() => setCompared(compared === one.version ? undefined : one.version)}
                  >
                    {t('rules.compare')}
                  </button>
                )}
              </td>
              <td>
                {!props.readOnly && one.version !== props.current && (
                  <button
                    type="button"
                    className="quiet"
                    onClick={() => props.onRollBack(one.version, `${t('rules.rollBack')} v${one.version}`)}
                  >
                    {t('rules.rollBack')}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {compared !== undefined && <Diff path={`${path}/diff?from=${compared - 1}&to=${compared}`} />}
    </details>
  );
}

function Diff({ path }: { path: string }) {
  const { t } = useWords();
  const { data } = useLoad<RuleSetDiff>(path);
  if (!data) return null;
  return (
    <div className="diff">
      {data.changes.length === 0 && <p className="hint">{t('ui.none')}</p>}
      {data.changes.map((one) => (
        <div key={`${one.subject} ${one.id}`}>
          <strong>
            {t(one.subject === 'zone' ? 'rules.zones' : 'rules.rules')} {one.id}: {t(`rules.${one.change}`)}
          </strong>
          {one.change === 'changed' && (
            <ul>
              {one.fields.map((field) => (
                <li key={field.name}>
                  <span className="mono">{field.name}</span>:{' '}
                  <del className="wrap">{JSON.stringify(field.before)}</del>{' '}
                  <ins className="wrap">{JSON.stringify(field.after)}</ins>
                </li>
              ))}
            </ul>
          )}
        </div>
      ))}
    </div>
  );
}

/** Puts the chosen zone with its rules into the drafts of other cameras; each is published by itself. */
export function CopyZone(props: {
  cameraId: string;
  document: RuleSetDocument;
  onDone: (cameras: number) => void;
  onFail: (error: unknown) => void;
}) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const cameras = useLoad<{ items: Camera[] }>(open ? '/api/cameras' : undefined);
  if (!open) {
    return (
      <button type="button" onClick={() => setOpen(true)}>
        {t('rules.copyTo')}
      </button>
    );
  }
  const copy = async (): Promise<void> => {
    for (const cameraId of chosen) await addToDraft(cameraId, props.document);
    props.onDone(chosen.length);
    setOpen(false);
    setChosen([]);
  };
  return (
    <fieldset className="copy">
      <legend>{t('rules.copyTo')}</legend>
      <div className="choices">
        {(cameras.data?.items ?? [])
          .filter((one) => one.cameraId !== props.cameraId)
          .map((one) => (
            <label key={one.cameraId} className="check">
              <input
                type="checkbox"
                checked={chosen.includes(one.cameraId)}
                onChange={(event) =>
                  setChosen(
                    event.target.checked
                      ? [...chosen, one.cameraId]
                      : chosen.filter((id) => id !== one.cameraId),
                  )
                }
              />{' '}
              {one.name}
            </label>
          ))}
      </div>
      <button
        type="button"
        className="primary"
        disabled={chosen.length === 0}
        onClick={() => void copy().catch(props.onFail)}
      >
        {t('ui.copy')}
      </button>{' '}
      <button type="button" onClick={() => setOpen(false)}>
        {t('ui.cancel')}
      </button>
    </fieldset>
  );
}

async function addToDraft(cameraId: string, part: RuleSetDocument): Promise<void> {
  const path = `/api/cameras/${encodeURIComponent(cameraId)}/rules`;
  const draft = await get<RuleSetDraft>(`${path}/draft`).catch((error: unknown) => {
    if (error instanceof ApiProblem && error.status === 404) return undefined;
    throw error;
  });
  const base = draft?.document ?? (await get<PublishedRuleSet>(path)).document;
  const zoneIds = new Map(
    part.zones.map((zone) => [
      zone.zoneId,
      free(
        zone.zoneId,
        base.zones.map((one) => one.zoneId),
      ),
    ]),
  );
  const document: RuleSetDocument = {
    zones: [...base.zones, ...part.zones.map((zone) => ({ ...zone, zoneId: zoneIds.get(zone.zoneId)! }))],
    rules: [
      ...base.rules,
      ...part.rules.map((rule) => ({
        ...rule,
        ruleId: free(
          rule.ruleId,
          base.rules.map((one) => one.ruleId),
        ),
        zoneId: zoneIds.get(rule.zoneId)!,
      })),
    ],
  };
  await call('PUT', `${path}/draft`, { body: { document }, ifMatch: `"${draft?.revision ?? 0}"` });
}

function free(id: string, taken: readonly string[]): string {
  if (!taken.includes(id)) return id;
  for (let n = 2; ; n++) if (!taken.includes(`${id}-${n}`)) return `${id}-${n}`;
}
