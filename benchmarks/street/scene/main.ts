/** What the page offers to the program that drives it. */

import type { StreetPage } from '../timeline/page-contract.ts';
import { Stage } from './stage.ts';

let stage: Stage | undefined;

const page: StreetPage = {
  async open(scenario) {
    await document.fonts.ready;
    stage?.dispose();
    stage = new Stage(scenario);
  },
  look(camera) {
    stage?.look(camera);
  },
  frame(index) {
    if (stage === undefined) throw new Error('no scenario is open');
    const truth = stage.frame(index);
    const url = stage.canvas.toDataURL('image/jpeg', 0.95);
    return { jpegBase64: url.slice(url.indexOf(',') + 1), truth };
  },
};

Object.assign(globalThis, { street: page });
