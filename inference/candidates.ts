/** Boxes that passed their score threshold, in typed arrays that grow: what decoders fill and NMS reads. */

/** Parallel arrays; entry `i` is box `boxes[4i..4i+3]` (xyxy, canvas pixels), `scores[i]`, `classes[i]`. */
export class Candidates {
  count = 0;
  boxes = new Float32Array(4 * 256);
  scores = new Float32Array(256);
  classes = new Uint16Array(256);

  clear(): void {
    this.count = 0;
  }

  add(x1: number, y1: number, x2: number, y2: number, score: number, classIndex: number): void {
    if (this.count === this.scores.length) this.grow();
    const at = 4 * this.count;
    this.boxes[at] = x1;
    this.boxes[at + 1] = y1;
    this.boxes[at + 2] = x2;
    this.boxes[at + 3] = y2;
    this.scores[this.count] = score;
    this.classes[this.count] = classIndex;
    this.count += 1;
  }

  private grow(): void {
    const capacity = 2 * this.scores.length;
    const boxes = new Float32Array(4 * capacity);
    const scores = new Float32Array(capacity);
    const classes = new Uint16Array(capacity);
    boxes.set(this.boxes);
    scores.set(this.scores);
    classes.set(this.classes);
    this.boxes = boxes;
    this.scores = scores;
    this.classes = classes;
  }
}
