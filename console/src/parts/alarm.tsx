/** Tells of a severe incident wherever one is in the console, with a sound when that is wanted. */

import { useEffect, useRef, useState } from 'react';
import type { IncidentView } from '../../../api/contract/index.ts';
import { follow } from '../feed.ts';
import { useWords } from '../i18n/context.tsx';
import { go } from '../router.ts';
import { Icon } from './icon.tsx';
import { SeverityMark } from './incident-facts.tsx';

/** 1 and 2 of GB/T 28181: what somebody must be sent to. */
const SEVERE = 2;
const SHOWN_MS = 30_000;
const MOST_SHOWN = 3;
/** A storm is one sound, not a hundred. */
const SOUND_EVERY_MS = 5_000;

/** The newest severe incidents that wait for review; each goes by itself after a while. */
export function Alarm({ sound }: { sound: boolean }) {
  const { t, word } = useWords();
  const [shown, setShown] = useState<readonly IncidentView[]>([]);
  const wantsSound = useRef(sound);
  useEffect(() => {
    wantsSound.current = sound;
  }, [sound]);
  useEffect(() => {
    let soundedAtMs = Number.NEGATIVE_INFINITY;
    const timers = new Set<number>();
    const drop = (incidentId: string): void =>
      setShown((old) => old.filter((one) => one.incidentId !== incidentId));
    const stop = follow({
      revision: ({ incident, phase }) => {
        // Whoever decides on it, here or elsewhere, ends the alarm.
        if (incident.review.state !== 'pending') drop(incident.incidentId);
        else if (phase === 'opened' && incident.severity <= SEVERE) {
          setShown((old) =>
            [incident, ...old.filter((one) => one.incidentId !== incident.incidentId)].slice(0, MOST_SHOWN),
          );
          const timer = window.setTimeout(() => {
            timers.delete(timer);
            drop(incident.incidentId);
          }, SHOWN_MS);
          timers.add(timer);
          if (wantsSound.current && performance.now() - soundedAtMs >= SOUND_EVERY_MS) {
            soundedAtMs = performance.now();
            beep();
          }
        }
      },
    });
    return () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    };
  }, []);
  return (
    <div className="alarms" role="alert">
      {shown.map((one) => (
        <div key={one.incidentId} className="alarm">
          <SeverityMark severity={one.severity} />
          <strong className="alarm-type">{word('type', one.eventType)}</strong>
          <button
            type="button"
            className="quiet alarm-close"
            aria-label={t('ui.close')}
            onClick={() => setShown((old) => old.filter((other) => other !== one))}
          >
            ×
          </button>
          <span className="cut">{one.camera.name}</span>
          <button
            type="button"
            className="primary alarm-open"
            onClick={() => {
              setShown((old) => old.filter((other) => other !== one));
              go(`/review#${one.incidentId}`);
            }}
          >
            {t('alarm.open')}
          </button>
        </div>
      ))}
    </div>
  );
}

export function SoundSwitch({ on, onChange }: { on: boolean; onChange: (on: boolean) => void }) {
  const { t } = useWords();
  const label = t(on ? 'alarm.soundOn' : 'alarm.soundOff');
  return (
    <button
      type="button"
      className="quiet"
      aria-pressed={on}
      aria-label={t('alarm.sound')}
      title={label}
      onClick={() => {
        onChange(!on);
        // Also the gesture without which a browser plays nothing.
        if (!on) beep();
      }}
    >
      <Icon name={on ? 'bell' : 'mute'} />
    </button>
  );
}

/** Two short tones, made here: no file, no request. */
function beep(): void {
  const audio = new AudioContext();
  for (const [i, frequency] of [880, 660].entries()) {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    const startS = audio.currentTime + i * 0.18;
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(0.15, startS);
    gain.gain.exponentialRampToValueAtTime(0.001, startS + 0.16);
    tone.connect(gain).connect(audio.destination);
    tone.start(startS);
    tone.stop(startS + 0.17);
    if (i === 1) tone.addEventListener('ended', () => void audio.close());
  }
}
