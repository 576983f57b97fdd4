/** The part of the JSMpeg player that is used; the package has no types. */

declare module '@cycjimmy/jsmpeg-player' {
  interface PlayerOptions {
    canvas: HTMLCanvasElement;
    audio: boolean;
    disableGl: boolean;
    disableWebAssembly: boolean;
    videoBufferSize: number;
    onVideoDecode: () => void;
  }
  class Player {
    constructor(url: string, options: PlayerOptions);
    destroy(): void;
  }
  const JSMpeg: { Player: typeof Player };
  export default JSMpeg;
}
