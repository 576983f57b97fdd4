/** The newest picture of a camera: a small one at once, the sharp one in its place as soon as it has come. */

import { useState } from 'react';
import type { ReactNode } from 'react';

/** As large as the analysed frame gives, which is in memory; larger ones are cut from the recording. */
const SMALL_PX = 480;

export function Snapshot(props: {
  cameraId: string;
  width: number;
  /** Another number asks for a newer picture. */
  turn: number;
  alt: string;
  className?: string;
  /** Shown when there is no picture. */
  missing: ReactNode;
}) {
  const { cameraId, width, turn, className } = props;
  const [sharp, setSharp] = useState(false);
  const [failed, setFailed] = useState(-1);
  const address = (px: number): string =>
    `/api/cameras/${encodeURIComponent(cameraId)}/snapshot.jpg?width=${px}&t=${turn}`;
  if (failed === turn) return props.missing;
  return (
    <>
      {width > SMALL_PX && !sharp && (
        <img className={className} src={address(SMALL_PX)} alt="" onError={() => setFailed(turn)} />
      )}
      <img
        className={sharp || width <= SMALL_PX ? className : `${className ?? ''} not-yet`}
        src={address(width)}
        alt={props.alt}
        onLoad={() => setSharp(true)}
        loading="lazy"
        onError={() => setFailed(turn)}
      />
    </>
  );
}
