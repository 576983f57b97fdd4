/** What ffmpeg says about its input while it opens it, read from its log: no second connection is made to ask. */

/** The video track as ffmpeg describes it. */
export interface VideoTrack {
  readonly codec: string;
  /** Size of the picture after rotation. */
  readonly width: number;
  readonly height: number;
  /** How far the stored picture must be turned to stand upright, degrees anticlockwise as ffmpeg prints it: 0, ±90, 180. */
  readonly rotation: number;
  readonly fps?: number;
}

const VIDEO = /Stream #0:\d+.*?: Video: (\w+).*?, (\d+)x(\d+)(?=[ ,]|$)/;
const FPS = /, ([\d.]+) fps\b/;
const ROTATION = /displaymatrix: rotation of (-?[\d.]+) degrees/;

/** Takes ffmpeg's log line by line; the first video track of the input is the one that is analysed. */
export class StreamInfoReader {
  private found: { codec: string; width: number; height: number; fps?: number } | undefined;
  private rotation = 0;
  private inputOpen = false;
  private complete = false;

  /** Whether the input has been opened, with or without a video track. */
  get opened(): boolean {
    return this.inputOpen;
  }

  /** The track, once all of the input's description has been read. */
  get track(): VideoTrack | undefined {
    if (!this.complete || this.found === undefined) return undefined;
    const { width, height, ...rest } = this.found;
    const { rotation } = this;
    const turned = rotation % 180 !== 0;
    return { ...rest, rotation, width: turned ? height : width, height: turned ? width : height };
  }

  line(line: string): void {
    if (this.complete) return;
    if (line.includes('Input #0, ')) this.inputOpen = true;
    if (!this.inputOpen) return;
    if (/Output #\d|Stream mapping:|Opening '/.test(line)) {
      this.complete = true;
      return;
    }
    const video = VIDEO.exec(line);
    if (video !== null && this.found === undefined) {
      const fps = Number(FPS.exec(line)?.[1]);
      this.found = {
        codec: video[1]!,
        width: Number(video[2]),
        height: Number(video[3]),
        ...(fps > 0 ? { fps } : {}),
      };
      return;
    }
    const rotation = ROTATION.exec(line);
    // ffmpeg turns the picture upright before our filters see it; a quarter turn swaps its sides.
    if (rotation !== null && this.found !== undefined) {
      this.rotation = Math.round(Number(rotation[1]) / 90) * 90;
    }
  }
}
