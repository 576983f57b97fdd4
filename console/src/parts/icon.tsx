/** Icons of the player: drawn here, because fonts of control rooms do not have them. */

const SHAPES = {
  play: 'M1 3v10l7-5zM10 3h2v10h-2zM13 3h2v10h-2z',
  lock: 'M3 7h10v7H3zM5 7V5a3 3 0 0 1 6 0v2H9.5V5a1.5 1.5 0 0 0-3 0v2z',
  back: 'M12 3v10L6 8zM3 3h2v10H3z',
  forward: 'M4 3v10l6-5zM11 3h2v10h-2z',
  overlay: 'M2 2h12v12H2zM4 4v8h8V4zM6 6h4v4H6z',
  bell: 'M8 1a4 4 0 0 1 4 4v4l2 3H2l2-3V5a4 4 0 0 1 4-4zM6 13h4a2 2 0 0 1-4 0z',
  mute: 'M8 1a4 4 0 0 1 4 4v4l2 3H2l2-3V5a4 4 0 0 1 4-4zM8 3a2 2 0 0 0-2 2v4.6L5.7 10h4.6L10 9.600V5a2 2 0 0 0-2-2z',
  full: 'M2 2h5v2H4v3H2zM9 2h5v5h-2V4H9zM2 9h2v3h3v2H2zM12 9h2v5H9v-2h3z',
} as const;

export function Icon({ name }: { name: keyof typeof SHAPES }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path fillRule="evenodd" d={SHAPES[name]} />
    </svg>
  );
}
