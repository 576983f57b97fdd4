/** Smooth motion through knots without overshoot: a plateau in the knots is a real standstill. */

/** A function of one variable with its first derivative. */
export interface Curve {
  value(at: number): number;
  slope(at: number): number;
}

/**
 * Monotone piecewise cubic through the knots (Fritsch and Butland 1984, SIAM J. Sci. Stat. Comput. 5: harmonic-mean slopes).
 * Constant before the first and after the last knot.
 * @param knots at least one [at, value], strictly increasing in `at`.
 */
export function monotoneCurve(knots: readonly (readonly [number, number])[]): Curve {
  const xs = knots.map(([x]) => x);
  const ys = knots.map(([, y]) => y);
  const last = knots.length - 1;
  const chord = (i: number) => (ys[i + 1]! - ys[i]!) / (xs[i + 1]! - xs[i]!);
  const slopes = knots.map((_, i) => {
    if (last === 0) return 0;
    if (i === 0) return chord(0);
    if (i === last) return chord(last - 1);
    const [before, after] = [chord(i - 1), chord(i)];
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
  const segment = (at: number) => {
    let i = 0;
    while (i < last - 1 && at > xs[i + 1]!) i++;
    const width = xs[i + 1]! - xs[i]!;
    return { i, width, t: (at - xs[i]!) / width };
  };
  return {
    value(at) {
      if (at <= xs[0]!) return ys[0]!;
      if (at >= xs[last]!) return ys[last]!;
      const { i, width, t } = segment(at);
      const [t2, t3] = [t * t, t * t * t];
      return (
        (2 * t3 - 3 * t2 + 1) * ys[i]! +
        (t3 - 2 * t2 + t) * width * slopes[i]! +
        (3 * t2 - 2 * t3) * ys[i + 1]! +
        (t3 - t2) * width * slopes[i + 1]!
      );
    },
    slope(at) {
      if (last === 0 || at < xs[0]! || at > xs[last]!) return 0;
      const { i, width, t } = segment(at);
      const t2 = t * t;
      return (
        ((6 * t2 - 6 * t) / width) * (ys[i]! - ys[i + 1]!) +
        (3 * t2 - 4 * t + 1) * slopes[i]! +
        (3 * t2 - 2 * t) * slopes[i + 1]!
      );
    },
  };
}
