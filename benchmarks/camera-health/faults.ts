/** Faults made on real footage: what a broken or tampered camera would send, as ffmpeg filters on 640 pixels width. */

import type { CameraFault } from '../../core/index.ts';

/** One made fault. `filter` gives the filter chain whose fault begins `fromS` seconds into the footage. */
export interface MadeFault {
  readonly name: string;
  /** What must be reported; the second of two is as right as the first. */
  readonly faults: readonly CameraFault[];
  readonly filter: (fromS: number) => string;
  /** Only where the camera itself stands still can a moved view be told. */
  readonly needsFixedView?: true;
}

const on = (fromS: number): string => `enable='gte(t,${fromS})'`;
const box = (fromS: number, area: string, colour: string): string =>
  `drawbox=${area}:c=${colour}:t=fill:${on(fromS)}`;
const noise = (fromS: number, strength: number): string => `noise=alls=${strength}:allf=t:${on(fromS)}`;
/** A window on the picture that jumps at `fromS`: the camera was turned. */
const turned = (fromS: number, share: number, along: 'x' | 'y'): string => {
  const across = along === 'x' ? 'y=ih*0.1' : 'x=iw*0.1';
  const size = along === 'x' ? 'iw' : 'ih';
  return `crop=w=iw*0.8:h=ih*0.8:${along}='if(gte(t,${fromS}),${size}*${share},0)':${across}`;
};

/**
 * The camera's own date, running clock and name. It is drawn after the lens and the sensor had their say, so it stays
 * sharp, lit and in its place whatever the fault.
 */
const writing = (text: string, at: string): string =>
  `drawtext=text='${text}':${at}:fontsize=h/20:fontcolor=white:borderw=1:bordercolor=black`;
export const WRITING = [
  writing('%{pts\\:gmtime\\:1700000000}', 'x=w/50:y=h/40'),
  writing('North Road 07', 'x=w-tw-w/50:y=h-th-h/40'),
].join(',');

/** Several strengths of most faults; the weakest is about where an operator would begin to complain. */
export const MADE_FAULTS: readonly MadeFault[] = [
  { name: 'signal lost', faults: ['signal_lost'], filter: (t) => `trim=0:${t}` },
  {
    name: 'frozen',
    faults: ['frozen'],
    filter: (t) => `trim=0:${t},tpad=stop_mode=clone:stop_duration=60`,
  },
  { name: 'black', faults: ['black'], filter: (t) => box(t, 'x=0', 'black') },
  {
    name: 'black with noise',
    faults: ['black', 'too_dark'],
    filter: (t) => `${box(t, 'x=0', 'black')},${noise(t, 6)}`,
  },
  { name: 'too dark', faults: ['too_dark', 'black'], filter: (t) => `lutyuv=y='16+(val-16)*0.12':${on(t)}` },
  {
    name: 'too bright',
    faults: ['too_bright'],
    filter: (t) => `lutyuv=y='min(235,190+(val-16)*0.3)':${on(t)}`,
  },
  { name: 'blurred a little', faults: ['blurred'], filter: (t) => `gblur=sigma=3:${on(t)}` },
  { name: 'blurred', faults: ['blurred'], filter: (t) => `gblur=sigma=9:${on(t)}` },
  {
    name: 'covered by cloth',
    faults: ['covered'],
    filter: (t) => `${box(t, 'x=0', '0x5a5448')},${noise(t, 5)}`,
  },
  {
    name: 'covered to 80 %',
    faults: ['covered'],
    filter: (t) => box(t, 'x=iw*0.2:w=iw*0.8:y=0:h=ih', '0x303030'),
  },
  {
    name: 'covered to 60 %',
    faults: ['covered'],
    filter: (t) => box(t, 'x=0:w=iw:y=ih*0.4:h=ih*0.6', '0x80766a'),
  },
  { name: 'turned by a tenth', faults: ['moved'], filter: (t) => turned(t, 0.1, 'x'), needsFixedView: true },
  { name: 'turned by a fifth', faults: ['moved'], filter: (t) => turned(t, 0.2, 'x'), needsFixedView: true },
  { name: 'tilted', faults: ['moved'], filter: (t) => turned(t, 0.15, 'y'), needsFixedView: true },
  {
    name: 'red cast',
    faults: ['colour_cast'],
    filter: (t) => `colorchannelmixer=rr=1.3:gg=0.75:bb=0.6:${on(t)}`,
  },
  {
    name: 'green cast',
    faults: ['colour_cast'],
    filter: (t) => `colorchannelmixer=rr=0.65:gg=1.15:bb=0.65:${on(t)}`,
  },
  { name: 'noise', faults: ['noise'], filter: (t) => noise(t, 45) },
  { name: 'snow', faults: ['noise'], filter: (t) => noise(t, 90) },
  {
    name: 'horizontal bars',
    faults: ['stripes'],
    filter: (t) => `drawgrid=x=0:y=0:w=iw*2:h=ih/12:t=ih/30:c=white@0.5:${on(t)}`,
  },
  {
    name: 'vertical bars',
    faults: ['stripes'],
    filter: (t) => `drawgrid=x=0:y=0:w=iw/16:h=ih*2:t=iw/40:c=black@0.5:${on(t)}`,
  },
  {
    name: 'one picture a second',
    faults: ['low_frame_rate'],
    filter: (t) => `select='lt(t,${t})+isnan(prev_selected_t)+gte(t-prev_selected_t,1)'`,
  },
];

/** Changes that are no faults: what weather, a pole in the wind, the line and the encoder do every day. */
export interface HarmlessChange {
  readonly name: string;
  readonly filter: (fromS: number) => string;
}

export const HARMLESS_CHANGES: readonly HarmlessChange[] = [
  { name: 'a quarter darker', filter: (t) => `lutyuv=y='16+(val-16)*0.75':${on(t)}` },
  { name: 'a little softer', filter: (t) => `gblur=sigma=0.8:${on(t)}` },
  { name: 'a little noise', filter: (t) => noise(t, 10) },
  { name: 'paler colours', filter: (t) => `hue=s=0.6:${on(t)}` },
  { name: 'clouds come and go', filter: () => `eq=brightness='0.08*sin(t*1.3)':eval=frame` },
  {
    name: 'a pole that sways by two pixels',
    filter: () => `crop=w=iw-8:h=ih-8:x='4+2*sin(t*5)':y='4+2*cos(t*3.7)'`,
  },
  {
    name: 'a bus before the lens for three seconds',
    filter: (t) => `drawbox=x=0:y=ih*0.2:w=iw:h=ih*0.8:c=0x3060a0:t=fill:enable='between(t,${t},${t + 3})'`,
  },
  { name: 'heavy rain begins', filter: rain },
  { name: 'a lamp goes on at night', filter: lamp },
];

/** Streaks that are elsewhere in each picture, and the haze between them: a fifth of the contrast is gone. */
function rain(fromS: number): string {
  const streaks = 'lutyuv=y=16:u=128:v=128,noise=c0s=100:c0f=t,lutyuv=y=if(gt(val\\,64)\\,100\\,0)';
  const haze = `lutyuv=y='52+(val-16)*0.8':${on(fromS)}`;
  return `split[view][drops];[drops]${streaks},avgblur=sizeX=1:sizeY=8[drops];[view]${haze}[view];[view][drops]blend=c0_mode=addition:c1_mode=normal:c2_mode=normal:${on(fromS)}`;
}

/** The whole clip at half the light, and from some moment on a pool of light in the middle, three times as bright. */
function lamp(fromS: number): string {
  const pool = 'exp(-(pow(X-W/2\\,2)+pow(Y-H*0.6\\,2))/pow(W/5\\,2))';
  return `lutyuv=y='16+(val-16)*0.45',geq=lum='min(235\\,16+(lum(X\\,Y)-16)*(1+2*${pool}))':cb='cb(X\\,Y)':cr='cr(X\\,Y)':${on(fromS)},noise=alls=6:allf=t`;
}
