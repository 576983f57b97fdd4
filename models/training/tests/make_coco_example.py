"""Writes the stored example that the program's evaluator must agree on: `python tests/make_coco_example.py OUT.json`.

Thirty made-up images with seeded boxes and detections, scored by pycocotools. It holds what evaluators get wrong:
equal scores, doubles, more than 100 detections of a class in an image, images without truth or without detections,
a class that is never found, and a class that is found but labelled nowhere (no AP, `null`).
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

IMAGES, WIDTH, HEIGHT = 30, 640, 480
CLASSES = ("car", "person", "garbage", "fire", "never-found", "never-labelled")


def _random_box(rng: np.random.Generator) -> np.ndarray:
    w, h = np.exp(rng.uniform(np.log(8), np.log(220), 2))
    x, y = rng.uniform(0, WIDTH - w), rng.uniform(0, HEIGHT - h)
    return np.array([x, y, x + w, y + h]).round(2)


def _jitter(rng: np.random.Generator, box: np.ndarray, amount: float) -> np.ndarray:
    size = np.tile(box[2:] - box[:2], 2)
    return (box + rng.normal(0, amount, 4) * size).round(2)


def make(seed: int = 11) -> tuple[list[dict], list[dict]]:
    """Ground truth and detections: dicts of image, class, box xyxy in pixels and, for detections, score."""
    rng = np.random.default_rng(seed)
    truth, found = [], []
    for image in range(IMAGES):
        for name, chance in zip(CLASSES[:5], (3, 2, 1.2, 0.8, 0.2)):
            for _ in range(0 if image % 10 == 9 else rng.poisson(chance)):
                box = _random_box(rng)
                truth.append({"image": image, "class": name, "box": box.tolist()})
                for _ in range(rng.choice([0, 1, 2], p=[0.2, 0.65, 0.15]) if name != "never-found" and image % 10 != 8 else 0):
                    near = _jitter(rng, box, float(rng.choice([0.02, 0.06, 0.12])))
                    if (near[2:] - near[:2]).min() > 1:
                        found.append({"image": image, "class": name, "score": round(float(rng.beta(4, 2)), 1 if image < 5 else 4), "box": near.tolist()})
        for name in (*CLASSES[:4], CLASSES[5]):
            for _ in range(rng.poisson(0.8)):
                found.append({"image": image, "class": name, "score": round(float(rng.beta(2, 4)), 4), "box": _random_box(rng).tolist()})
    for _ in range(130):
        found.append({"image": 3, "class": "car", "score": round(float(rng.uniform(0.01, 0.99)), 4), "box": _random_box(rng).tolist()})
    return truth, found


def score(truth: list[dict], found: list[dict]) -> dict:
    """AP50 and AP50-95 per class by pycocotools; null for a class without truth."""
    def coco_box(box: list[float]) -> list[float]:
        return [box[0], box[1], box[2] - box[0], box[3] - box[1]]

    annotations = [
        {"id": k, "image_id": t["image"] + 1, "category_id": CLASSES.index(t["class"]) + 1, "bbox": coco_box(t["box"]),
         "area": coco_box(t["box"])[2] * coco_box(t["box"])[3], "iscrowd": 0}
        for k, t in enumerate(truth, 1)
    ]
    results = [
        {"image_id": d["image"] + 1, "category_id": CLASSES.index(d["class"]) + 1, "bbox": coco_box(d["box"]), "score": d["score"]}
        for d in found
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {"images": [{"id": i + 1} for i in range(IMAGES)], "annotations": annotations,
                        "categories": [{"id": k, "name": n} for k, n in enumerate(CLASSES, 1)]}
        coco.createIndex()
        run = COCOeval(coco, coco.loadRes(results), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    precision = run.eval["precision"][:, :, :, 0, 2]
    per_class = {}
    for k, name in enumerate(CLASSES):
        known = (precision[:, :, k] > -1).any()
        per_class[name] = {"ap50": float(precision[0, :, k].mean()), "ap50_95": float(precision[:, :, k].mean())} if known else None
    return {"perClass": per_class, "mean": {"ap50_95": float(run.stats[0]), "ap50": float(run.stats[1])}}


if __name__ == "__main__":
    all_truth, all_found = make()
    example = {
        "about": "Made-up boxes, scored by pycocotools 2.0.11 (maxDets 100, all areas). Boxes are x1 y1 x2 y2 in pixels.",
        "width": WIDTH, "height": HEIGHT, "images": IMAGES, "classes": CLASSES,
        "truth": all_truth, "detections": all_found, "expected": score(all_truth, all_found),
    }
    lines = json.dumps(example, separators=(",", ":")).replace('{"image"', '\n{"image"').replace('"expected"', '\n"expected"')
    Path(sys.argv[1]).write_text(lines + "\n")
    print(json.dumps(example["expected"], indent=1))
