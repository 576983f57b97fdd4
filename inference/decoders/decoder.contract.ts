/** What every decoder must do, whatever its family: each supplies outputs that say the same objects. */

import { describe, expect, test } from 'vitest';
import { Candidates } from '../candidates.ts';
import type { DecoderFactory, DecoderSpec, RawOutput } from './index.ts';

/** An object in the picture: centre and size in canvas pixels, score per class. */
export interface PlantedObject {
  readonly box: readonly [number, number, number, number];
  readonly scores: readonly number[];
}

/** A family as the contract sees it. */
export interface DecoderCase {
  readonly family: string;
  readonly factory: DecoderFactory;
  /** Outputs of a graph of this family that has found exactly these objects; background scores are 0. */
  readonly plant: (spec: DecoderSpec, objects: readonly PlantedObject[]) => RawOutput[];
  /** How far a box may be off because of the family's resolution, pixels. */
  readonly tolerancePx: number;
}

const SPEC: DecoderSpec = { modelId: 'contract', classCount: 3, width: 128, height: 96 };

export function decoderContract({ family, factory, plant, tolerancePx }: DecoderCase): void {
  describe(`decoder contract: ${family}`, () => {
    const decode = (
      objects: readonly PlantedObject[],
      floors: readonly number[],
      spec = SPEC,
    ): Candidates => {
      const into = new Candidates();
      factory(spec).decode(plant(spec, objects), Float32Array.from(floors), into);
      return into;
    };
    const near: PlantedObject = { box: [20, 12, 44, 52], scores: [0.75, 0, 0.25] };
    const far: PlantedObject = { box: [84, 44, 116, 84], scores: [0, 0.5, 0] };

    test('boxes are xyxy in canvas pixels, also on a canvas that is not square', () => {
      const found = decode([near, far], [0.1, 0.1, 0.5]);
      expect(found.count).toBe(2);
      const byClass = new Map(Array.from({ length: 2 }, (_, i) => [found.classes[i], i]));
      for (const [object, classIndex] of [
        [near, 0],
        [far, 1],
      ] as const) {
        const i = byClass.get(classIndex)!;
        expect(found.scores[i]).toBeCloseTo(object.scores[classIndex]!, 5);
        for (const [k, v] of object.box.entries()) {
          expect(Math.abs(found.boxes[4 * i + k]! - v)).toBeLessThanOrEqual(tolerancePx);
        }
      }
    });

    test('each class has its own floor, and reaching it is enough', () => {
      expect(decode([near], [0.75, 0.1, 0.25]).count).toBe(2);
      expect(decode([near], [0.76, 0.1, 0.25]).count).toBe(1);
      expect(decode([near], [0.76, 0.1, 0.26]).count).toBe(0);
    });

    test('an empty picture gives nothing', () => {
      expect(decode([], [0.01, 0.01, 0.01]).count).toBe(0);
    });

    test('scores and boxes that are not numbers are not detections', () => {
      const outputs = plant(SPEC, [near]);
      for (const output of outputs) output.data.fill(Number.NaN);
      const into = new Candidates();
      factory(SPEC).decode(outputs, new Float32Array(3), into);
      expect(into.count).toBe(0);
    });

    test('adds to what is there already', () => {
      const into = new Candidates();
      const decoder = factory(SPEC);
      decoder.decode(plant(SPEC, [near]), Float32Array.of(0.1, 0.1, 0.9), into);
      decoder.decode(plant(SPEC, [far]), Float32Array.of(0.1, 0.1, 0.9), into);
      expect(into.count).toBe(2);
    });

    test.each([
      ['another class count', (s: DecoderSpec) => ({ ...s, classCount: 4 })],
      ['another canvas', (s: DecoderSpec) => ({ ...s, width: 160 })],
    ])('%s is a shape that does not fit', (what, change) => {
      const wrong = change(SPEC);
      const outputs = plant(SPEC, []);
      const attempt = () =>
        factory(wrong).decode(outputs, new Float32Array(wrong.classCount), new Candidates());
      // A prepared graph carries its anchors inside: another canvas shows only in its input, which the session checks.
      const judged = !(family === 'boxes-scores' && what === 'another canvas');
      expect(judged ? codeOf(attempt) : 'model.shape-mismatch').toBe('model.shape-mismatch');
    });

    test('missing outputs are a shape that does not fit', () => {
      const attempt = () => factory(SPEC).decode([], new Float32Array(3), new Candidates());
      expect(codeOf(attempt)).toBe('model.shape-mismatch');
    });
  });
}

function codeOf(attempt: () => void): unknown {
  try {
    attempt();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return undefined;
}
