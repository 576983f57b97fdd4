/** The picture with its zones: mouse, touch and keyboard become actions of the editor. */

import { useRef } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import type { RecentTrack } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import { shapeOf } from '../parts/shape.ts';
import { areasOf, chosenZone, distance, snapped } from './editor-state.ts';
import type { EditorAction, EditorState, Point } from './editor-state.ts';

/** In 0–1 of the picture: how near counts as the same place. */
const REACH = 0.015;
const NUDGE = 0.005;
/** What passed by has no dwell that a threshold could be judged by, and its label would hide one that has. */
const STOOD_MS = 3_000;

export function ZoneCanvas(props: {
  state: EditorState;
  send: (action: EditorAction) => void;
  /** A still or the live picture, filling its place. */
  picture: ReactNode;
  /** Of the picture, so that nothing is drawn on a distorted one. */
  sizePx: { readonly width?: number | undefined; readonly height?: number | undefined };
  tracks: readonly RecentTrack[];
  snap: boolean;
  readOnly: boolean;
  newName: string;
  label: string;
}) {
  const { state, send, snap, readOnly } = props;
  const svg = useRef<SVGSVGElement>(null);
  const zone = chosenZone(state);

  const at = (event: PointerEvent): Point => {
    const box = svg.current!.getBoundingClientRect();
    const point = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
    return snap
      ? snapped(point, state.document, state.mode === 'editing' ? state.zoneId : undefined, REACH)
      : point;
  };
  const onPointerDown = (event: PointerEvent): void => {
    if (readOnly || event.button !== 0 || state.mode !== 'drawing') return;
    const point = at(event);
    const [first] = state.drawing;
    if (first && state.drawing.length >= 3 && distance(first, point) < REACH)
      send({ kind: 'close', name: props.newName });
    else send({ kind: 'point', at: point });
  };
  const grab = (corner: number) => (event: PointerEvent) => {
    if (readOnly || event.button !== 0) return;
    event.stopPropagation();
    svg.current?.focus();
    event.currentTarget.setPointerCapture(event.pointerId);
    send({ kind: 'choose', zoneId: state.zoneId, corner });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const action = keyAction(event, state, props.newName);
    if (!action || readOnly) return;
    event.preventDefault();
    send(action);
  };
  return (
    <div className="player-stage" style={shapeOf(props.sizePx)}>
      {props.picture}
      <svg
        ref={svg}
        className={`canvas ${state.mode === 'drawing' ? 'canvas-drawing' : ''}`}
        viewBox="0 0 1 1"
        preserveAspectRatio="none"
        tabIndex={0}
        role="application"
        aria-label={props.label}
        onPointerDown={onPointerDown}
        onDoubleClick={() => state.mode === 'drawing' && send({ kind: 'close', name: props.newName })}
        onKeyDown={onKeyDown}
      >
        {props.tracks.map((track) => (
          <polyline
            key={track.trackId}
            className="track"
            points={track.path.map((p) => `${p.x},${p.y}`).join(' ')}
          />
        ))}
        {state.document.zones.map((one) => (
          <polygon
            key={one.zoneId}
            className={one.zoneId === state.zoneId ? 'zone zone-chosen' : 'zone'}
            points={one.polygon.map((p) => `${p.x},${p.y}`).join(' ')}
            onPointerDown={(event) => {
              if (state.mode === 'drawing') return;
              event.stopPropagation();
              send({ kind: 'choose', zoneId: one.zoneId });
            }}
          />
        ))}
        {areasOf(state).map((area) => (
          <polygon
            key={area.key}
            className="area"
            points={area.polygon.map((p) => `${p.x},${p.y}`).join(' ')}
          />
        ))}
        {state.mode === 'drawing' && (
          <polyline className="zone-drawing" points={state.drawing.map((p) => `${p.x},${p.y}`).join(' ')} />
        )}
      </svg>
      {/* Handles are boxes above the picture: the stretched drawing would make ovals of them. */}
      {state.mode === 'drawing' &&
        state.drawing.map((p, i) => <span key={i} className="handle handle-drawing" style={place(p)} />)}
      {state.mode === 'editing' && !readOnly && zone && (
        <>
          {zone.polygon.map((p, i) => {
            const next = zone.polygon[(i + 1) % zone.polygon.length]!;
            const middle = { x: (p.x + next.x) / 2, y: (p.y + next.y) / 2 };
            return (
              <span
                key={`m${i}`}
                className="handle handle-middle"
                style={place(middle)}
                onPointerDown={(event) => {
                  event.stopPropagation();
                  send({ kind: 'insert', edge: i, at: middle });
                }}
              />
            );
          })}
          {zone.polygon.map((p, i) => (
            <span
              key={`c${i}`}
              className={i === state.corner ? 'handle handle-chosen' : 'handle'}
              data-corner={i}
              style={place(p)}
              onPointerDown={grab(i)}
              onPointerMove={(event) => {
                if (event.currentTarget.hasPointerCapture(event.pointerId))
                  send({ kind: 'drag', at: at(event) });
              }}
              onPointerUp={() => send({ kind: 'drop' })}
              onPointerCancel={() => send({ kind: 'drop' })}
            />
          ))}
        </>
      )}
      {props.tracks.filter(stood).map((track) => (
        <TrackDwell key={track.trackId} track={track} />
      ))}
    </div>
  );
}

const stood = (track: RecentTrack): boolean => track.dwellMs >= STOOD_MS;

function TrackDwell({ track }: { track: RecentTrack }) {
  const { span, word } = useWords();
  const end = track.path.at(-1);
  if (!end) return null;
  return (
    <span className="track-dwell number" style={place(end)}>
      {word('label', track.label)} {span(track.dwellMs)}
    </span>
  );
}

function place(p: Point): { left: string; top: string } {
  return { left: `${p.x * 100}%`, top: `${p.y * 100}%` };
}

function keyAction(event: KeyboardEvent, state: EditorState, newName: string): EditorAction | undefined {
  const control = event.ctrlKey || event.metaKey;
  if (control && event.key.toLowerCase() === 'z') return { kind: event.shiftKey ? 'redo' : 'undo' };
  if (control && event.key.toLowerCase() === 'y') return { kind: 'redo' };
  if (control || event.altKey) return undefined;
  const step = event.shiftKey ? NUDGE * 4 : NUDGE;
  const corners = chosenZone(state)?.polygon.length ?? 0;
  switch (event.key) {
    case 'Escape':
      return { kind: 'cancel' };
    case 'Enter':
      return state.mode === 'drawing' ? { kind: 'close', name: newName } : undefined;
    case 'Delete':
    case 'Backspace':
      return state.mode === 'editing' ? { kind: 'delete' } : undefined;
    case 'ArrowLeft':
      return { kind: 'nudge', dx: -step, dy: 0 };
    case 'ArrowRight':
      return { kind: 'nudge', dx: step, dy: 0 };
    case 'ArrowUp':
      return { kind: 'nudge', dx: 0, dy: -step };
    case 'ArrowDown':
      return { kind: 'nudge', dx: 0, dy: step };
    case 'n':
      return corners === 0
        ? undefined
        : { kind: 'choose', zoneId: state.zoneId, corner: ((state.corner ?? -1) + 1) % corners };
    default:
      return undefined;
  }
}
