/** Still and clip of an incident with box and zone drawn over them, and the controls of the player. */

import { useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { Ref } from 'react';
import type { EvidenceView, IncidentView } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import { Icon } from './icon.tsx';

export interface PlayerHandle {
  toggle(): void;
  step(frames: number): void;
  speed(): void;
  fullScreen(): void;
  overlay(): void;
}

const SPEEDS = [1, 2, 4, 0.5];
/** A step when the clip does not say its rate: most street cameras send 25 frames a second. */
const STEP_S = 1 / 25;

export function EvidencePlayer(props: {
  incident: IncidentView;
  evidence: readonly EvidenceView[] | undefined;
  ref?: Ref<PlayerHandle>;
}) {
  const { t } = useWords();
  const { incident, evidence } = props;
  const clip = evidence?.find((one) => one.role === 'clip');
  const [mode, setMode] = useState<'clip' | 'still'>('clip');
  const [overlay, setOverlay] = useState(true);
  const [speed, setSpeed] = useState(1);
  const [noStill, setNoStill] = useState(false);
  const video = useRef<HTMLVideoElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const showClip = mode === 'clip' && clip !== undefined;
  useEffect(() => {
    if (video.current) video.current.playbackRate = speed;
  }, [speed, showClip, incident.incidentId]);
  const cover = `/api/incidents/${incident.incidentId}/cover?r=${evidence?.length ?? 0}`;
  useEffect(() => setNoStill(false), [cover]);
  const handle: PlayerHandle = {
    toggle: () => {
      const element = video.current;
      if (!element) return;
      if (element.paused) void element.play().catch(() => undefined);
      else element.pause();
    },
    step: (frames) => {
      const element = video.current;
      if (!element) return;
      element.pause();
      element.currentTime = Math.max(0, element.currentTime + frames * STEP_S);
    },
    speed: () => setSpeed((now) => SPEEDS[(SPEEDS.indexOf(now) + 1) % SPEEDS.length]!),
    fullScreen: () => {
      if (document.fullscreenElement) void document.exitFullscreen();
      else void frame.current?.requestFullscreen().catch(() => undefined);
    },
    overlay: () => setOverlay((shown) => !shown),
  };
  useImperativeHandle(props.ref, () => handle);
  return (
    <div className="player" ref={frame}>
      <div className="player-stage">
        {showClip ? (
          <video
            key={clip.url}
            ref={video}
            src={clip.url}
            poster={cover}
            autoPlay
            loop
            muted
            playsInline
            preload="auto"
            aria-label={t('review.clip')}
          />
        ) : noStill ? (
          <p className="state">{t('review.noMedia')}</p>
        ) : (
          <img
            src={cover}
            alt={`${t('review.still')} · ${incident.camera.name}`}
            onError={() => setNoStill(true)}
          />
        )}
        {overlay && !(noStill && !showClip) && <PlaceOverlay incident={incident} />}
      </div>
      <div className="player-bar">
        <button type="button" aria-pressed={showClip} disabled={!clip} onClick={() => setMode('clip')}>
          {t('review.clip')}
        </button>
        <button type="button" aria-pressed={!showClip} onClick={() => setMode('still')}>
          {t('review.still')}
        </button>
        <span className="grow" />
        <button
          type="button"
          className="quiet"
          disabled={!showClip}
          onClick={handle.toggle}
          title={t('review.play')}
          aria-label={t('review.play')}
        >
          <Icon name="play" />
        </button>
        <button
          type="button"
          className="quiet"
          disabled={!showClip}
          onClick={() => handle.step(-1)}
          title={`${t('review.step')} (,)`}
          aria-label={`${t('review.step')} −1`}
        >
          <Icon name="back" />
        </button>
        <button
          type="button"
          className="quiet"
          disabled={!showClip}
          onClick={() => handle.step(1)}
          title={`${t('review.step')} (.)`}
          aria-label={`${t('review.step')} +1`}
        >
          <Icon name="forward" />
        </button>
        <button
          type="button"
          className="quiet number"
          disabled={!showClip}
          onClick={handle.speed}
          title={t('review.speed')}
          aria-label={`${t('review.speed')} ${speed}`}
        >
          {speed}×
        </button>
        <button
          type="button"
          className="quiet"
          aria-pressed={overlay}
          onClick={handle.overlay}
          title={t('review.overlay')}
          aria-label={t('review.overlay')}
        >
          <Icon name="overlay" />
        </button>
        <button
          type="button"
          className="quiet"
          onClick={handle.fullScreen}
          title={t('review.fullScreen')}
          aria-label={t('review.fullScreen')}
        >
          <Icon name="full" />
        </button>
      </div>
    </div>
  );
}

/** Zone and box in 0–1 of the picture, stretched over it. */
export function PlaceOverlay({ incident }: { incident: Pick<IncidentView, 'zone' | 'box'> }) {
  const { box, zone } = incident;
  return (
    <svg className="overlay" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      <polygon className="overlay-zone" points={zone.polygon.map((p) => `${p.x},${p.y}`).join(' ')} />
      <rect className="overlay-box" x={box.x1} y={box.y1} width={box.x2 - box.x1} height={box.y2 - box.y1} />
    </svg>
  );
}
