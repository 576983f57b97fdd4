/** Live picture: fragmented MP4 in the browser's own player, or MPEG-1 in a canvas for everything else. */

import { useEffect, useRef, useState } from 'react';
import type { TextKey } from '../i18n/text.ts';
import { useWords } from '../i18n/context.tsx';
import { shapeOf } from './shape.ts';

type Format = 'fmp4' | 'mpeg1';
/** Close codes of the server. */
const BUSY = 4503;
const UNAVAILABLE = 4404;
const SIGNED_OUT = 4401;
/** What is kept behind the live edge, and how far behind it the picture may fall. */
const KEPT_S = 10;
const MOST_LAG_S = 1.5;
const RETRY_MS = 2000;

const address = (cameraId: string, format: Format): string =>
  `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/cameras/${encodeURIComponent(cameraId)}/live?format=${format}`;

/** The live picture with the choice of its format. */
export function LiveView({ cameraId, sizePx }: { cameraId: string; sizePx: Parameters<typeof shapeOf>[0] }) {
  const { t } = useWords();
  const [format, setFormat] = useState<Format>(bestFormat);
  return (
    <div className="player">
      <div className="player-stage" style={shapeOf(sizePx)}>
        <LivePicture cameraId={cameraId} format={format} onUnsupported={() => setFormat('mpeg1')} />
      </div>
      <div className="player-bar">
        <button
          type="button"
          aria-pressed={format === 'fmp4'}
          disabled={!('MediaSource' in window)}
          onClick={() => setFormat('fmp4')}
        >
          H.264
        </button>
        <button type="button" aria-pressed={format === 'mpeg1'} onClick={() => setFormat('mpeg1')}>
          {t('camera.format')}
        </button>
      </div>
    </div>
  );
}

/** The live picture to draw on: in the best format that this browser plays. */
export function LiveBackdrop({ cameraId }: { cameraId: string }) {
  const [format, setFormat] = useState<Format>(bestFormat);
  return <LivePicture cameraId={cameraId} format={format} onUnsupported={() => setFormat('mpeg1')} />;
}

function bestFormat(): Format {
  return 'MediaSource' in window ? 'fmp4' : 'mpeg1';
}

/** Fills its place with the live picture, and says when there is none. */
function LivePicture(props: { cameraId: string; format: Format; onUnsupported: () => void }) {
  const { t } = useWords();
  const { cameraId, format } = props;
  const [problem, setProblem] = useState<TextKey | undefined>('ui.loading');
  const place = useRef<HTMLDivElement>(null);
  const unsupported = useRef(props.onUnsupported);
  unsupported.current = props.onUnsupported;
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    setProblem('ui.loading');
    const events: LiveEvents = {
      playing: () => setProblem(undefined),
      unsupported: () => unsupported.current(),
      ended: (code) => setProblem(code === BUSY ? 'error.live.busy' : 'error.live.unavailable'),
    };
    return format === 'fmp4'
      ? playFragments(cameraId, element, events)
      : playMpeg1(cameraId, element, events);
  }, [cameraId, format]);
  return (
    <>
      <div className="live" ref={place} />
      {problem !== undefined && (
        <p className="live-problem" role="status">
          {t(problem)}
        </p>
      )}
    </>
  );
}

interface LiveEvents {
  playing(): void;
  /** The browser cannot play this codec. */
  unsupported(): void;
  ended(code: number): void;
}

/** Plays until the returned function is called; connects again when the stream ends. */
function playFragments(cameraId: string, place: HTMLElement, events: LiveEvents): () => void {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.autoplay = true;
  place.replaceChildren(video);
  let stopped = false;
  let end: () => void = () => undefined;
  let retry: number | undefined;
  const connect = (): void => {
    if (stopped) return;
    end = oneConnection(cameraId, video, {
      ...events,
      ended: (code) => {
        events.ended(code);
        if (!stopped && code !== SIGNED_OUT && code !== UNAVAILABLE)
          retry = window.setTimeout(connect, RETRY_MS);
      },
    });
  };
  connect();
  return () => {
    stopped = true;
    clearTimeout(retry);
    end();
    place.replaceChildren();
  };
}

function oneConnection(cameraId: string, video: HTMLVideoElement, events: LiveEvents): () => void {
  const media = new MediaSource();
  const url = URL.createObjectURL(media);
  video.src = url;
  const socket = new WebSocket(address(cameraId, 'fmp4'));
  socket.binaryType = 'arraybuffer';
  const waiting: ArrayBuffer[] = [];
  let buffer: SourceBuffer | undefined;
  let mime: string | undefined;
  let over = false;
  const feed = (): void => {
    if (over || media.readyState !== 'open' || mime === undefined) return;
    if (!buffer) {
      buffer = media.addSourceBuffer(mime);
      buffer.addEventListener('updateend', () => {
        keepUp(video, buffer!, events);
        feed();
      });
    }
    if (buffer.updating) return;
    const next = waiting.shift();
    try {
      if (next) buffer.appendBuffer(next);
    } catch {
      socket.close();
    }
  };
  media.addEventListener('sourceopen', feed);
  socket.addEventListener('message', (event: MessageEvent<string | ArrayBuffer>) => {
    if (typeof event.data === 'string') {
      mime = (JSON.parse(event.data) as { mime: string }).mime;
      if (!MediaSource.isTypeSupported(mime)) {
        over = true;
        socket.close();
        events.unsupported();
        return;
      }
    } else waiting.push(event.data);
    feed();
  });
  socket.addEventListener('close', (event) => {
    if (!over) events.ended(event.code);
    over = true;
  });
  return () => {
    over = true;
    socket.close();
    video.removeAttribute('src');
    URL.revokeObjectURL(url);
  };
}

/** Stays at the live edge and forgets what was seen. */
function keepUp(video: HTMLVideoElement, buffer: SourceBuffer, events: LiveEvents): void {
  const ranges = buffer.buffered;
  if (ranges.length === 0) return;
  const [start, end] = [ranges.start(0), ranges.end(ranges.length - 1)];
  if (video.currentTime < start || end - video.currentTime > MOST_LAG_S)
    video.currentTime = Math.max(start, end - 0.3);
  if (video.paused) void video.play().catch(() => undefined);
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) events.playing();
  if (video.currentTime - start > 2 * KEPT_S && !buffer.updating)
    buffer.remove(start, video.currentTime - KEPT_S);
}

/** The player of the MPEG-1 stream is loaded only when it is needed. */
function playMpeg1(cameraId: string, place: HTMLElement, events: LiveEvents): () => void {
  const canvas = document.createElement('canvas');
  place.replaceChildren(canvas);
  let stopped = false;
  let stop: () => void = () => undefined;
  void import('./mpeg1-player.ts').then(({ startMpeg1Player }) => {
    if (!stopped) stop = startMpeg1Player(address(cameraId, 'mpeg1'), canvas, { playing: events.playing });
  });
  return () => {
    stopped = true;
    stop();
    place.replaceChildren();
  };
}
