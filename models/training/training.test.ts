/** The whole training in miniature, and its export run by the program's own runtime; needs Python with torch. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const startWeights = join(here, '..', '..', '..', 'shared', 'models', 'picodet_s_416_coco.onnx');

interface Sample {
  readonly width: number;
  readonly height: number;
  readonly pixels: number[];
  readonly boxes: number[];
  readonly scores: number[];
}

/** The interpreter to use, or why there is none. */
function findPython(): { readonly python?: string; readonly missing?: string } {
  const own = join(here, '.venv', 'bin', 'python');
  const python = process.env['STREETWATCH_TRAINING_PYTHON'] ?? (existsSync(own) ? own : 'python3');
  const check = spawnSync(python, ['-c', 'import torch, onnx, onnxruntime, cv2, pycocotools']);
  if (check.status !== 0) {
    return {
      missing: `${python} lacks the packages of requirements.txt (set STREETWATCH_TRAINING_PYTHON to one that has them)`,
    };
  }
  return existsSync(startWeights) ? { python } : { missing: `no starting weights at ${startWeights}` };
}

function largestDifference(found: ArrayLike<number>, expected: readonly number[]): number {
  let largest = Math.abs(found.length - expected.length);
  for (let k = 0; k < expected.length; k += 1) {
    largest = Math.max(largest, Math.abs((found[k] ?? NaN) - (expected[k] ?? NaN)));
  }
  return largest;
}

const { python, missing } = findPython();
if (missing !== undefined) console.warn(`SKIPPED training end to end: ${missing}`);

describe('training', () => {
  it.skipIf(python === undefined)(
    `trains on drawn pictures, resumes, and exports what onnxruntime-node runs alike${missing ? ` [SKIPPED: ${missing}]` : ''}`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'streetwatch-training-'));
      try {
        const output = execFileSync(
          python ?? '',
          ['-W', 'ignore', join(here, 'tests', 'tiny_run.py'), startWeights, folder],
          {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
            env: { ...process.env, OMP_WAIT_POLICY: 'passive' },
          },
        );
        const losses = JSON.parse(output.trim().split('\n').at(-1) ?? '') as { first: number; last: number };
        expect(losses.last).toBeLessThan(0.8 * losses.first);

        const sample = JSON.parse(readFileSync(join(folder, 'sample.json'), 'utf8')) as Sample;
        const session = await InferenceSession.create(join(folder, 'model.onnx'));
        const image = new Tensor('uint8', Uint8Array.from(sample.pixels), [
          1,
          sample.height,
          sample.width,
          3,
        ]);
        const result = await session.run({ image });
        expect(largestDifference(result['scores']?.data as Float32Array, sample.scores)).toBeLessThan(1e-4);
        expect(largestDifference(result['boxes']?.data as Float32Array, sample.boxes)).toBeLessThan(1e-2);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    600_000,
  );
});
