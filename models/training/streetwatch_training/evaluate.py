"""`evaluate`: AP50 and AP50-95 per source and class, thresholds, and the false alarms they cost."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from . import prepare
from .boxes import detections, iou_matrix
from .classes import BUS, CAR, CLASSES, FIRE, SMOKE, SOURCE_CLASSES, SOURCES, TRUCK

FLOOR = 0.01
NMS_IOU = 0.6
VEHICLES = (CAR, BUS, TRUCK)
ALARM_BUDGET = 0.005  # images with a false fire or smoke alarm, on sources without fire


@dataclass
class Scored:
    """Detections of one image in its own pixels: rows `x1 y1 x2 y2 score class`; `truth` rows `class x1 y1 x2 y2`."""

    name: str
    source: str
    found: np.ndarray
    truth: np.ndarray


def detect_split(cache: prepare.Cache, model: Path, split: str = "val", threads: int = 1, every: int = 1) -> list[Scored]:
    """Runs an exported model over a split, letterboxed top left to the model's own canvas."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    _, height, width, _ = session.get_inputs()[0].shape
    results = []
    indices = cache.of_split(split)[::every]
    for done, index in enumerate(indices, 1):
        canvas, scale = prepare.letterbox(cache.image(index), width, height)
        boxes, scores = session.run(["boxes", "scores"], {"image": canvas[None]})
        found = detections(boxes[0], scores[0], FLOOR, NMS_IOU)
        h, w = cache.shapes[index]
        found[:, :4] = np.clip(found[:, :4] / scale, 0, [w, h, w, h])
        results.append(Scored(cache.names[index], SOURCES[cache.source_ids[index]], found, cache.boxes[index]))
        if done % 200 == 0:
            print(f"detect: {done}/{len(indices)}", flush=True)
    return results


def average_precision(results: list[Scored], classes: tuple[int, ...], merged: bool = False) -> dict[int, tuple[float, float]]:
    """COCO AP (pycocotools) -> class -> (AP50, AP50-95); `merged` treats all `classes` as one, returned under the first."""
    truth, found = [], []
    for image_id, item in enumerate(results, 1):
        for index, x1, y1, x2, y2 in item.truth[np.isin(item.truth[:, 0], classes)].tolist():
            box = [x1, y1, x2 - x1, y2 - y1]
            truth.append({"id": len(truth) + 1, "image_id": image_id, "category_id": classes[0] if merged else int(index),
                          "bbox": box, "area": box[2] * box[3], "iscrowd": 0})
        for x1, y1, x2, y2, score, index in item.found[np.isin(item.found[:, 5], classes)].tolist():
            found.append({"image_id": image_id, "category_id": classes[0] if merged else int(index),
                          "bbox": [x1, y1, x2 - x1, y2 - y1], "score": score})
    wanted = classes[:1] if merged else classes
    if not truth or not found:
        return {c: (0.0, 0.0) for c in wanted if truth}
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {"images": [{"id": i + 1} for i in range(len(results))], "annotations": truth,
                        "categories": [{"id": c, "name": CLASSES[c]} for c in wanted]}
        coco.createIndex()
        run = COCOeval(coco, coco.loadRes(found), "bbox")
        run.evaluate()
        run.accumulate()
    precision = run.eval["precision"][:, :, :, 0, 2]  # [IoU, recall, class]
    out = {}
    for column, index in enumerate(wanted):
        values = precision[:, :, column]
        if (values > -1).any():
            out[index] = float(values[0].mean()), float(values.mean())
    return out


def precision_recall(results: list[Scored], index: int, threshold: float) -> tuple[float, float, float]:
    """(precision, recall, F1) of one class at a score threshold and IoU 0.5, greedy by score."""
    hits = wrong = total = 0
    for item in results:
        truth = item.truth[item.truth[:, 0] == index, 1:5]
        found = item.found[(item.found[:, 5] == index) & (item.found[:, 4] >= threshold)]
        total += len(truth)
        free = np.ones(len(truth), bool)
        overlaps = iou_matrix(found[:, :4], truth)
        for row in overlaps:
            candidate = np.where(free, row, 0)
            if len(candidate) and candidate.max() >= 0.5:
                free[candidate.argmax()] = False
                hits += 1
            else:
                wrong += 1
    precision, recall = hits / max(hits + wrong, 1), hits / max(total, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def alarm_images(results: list[Scored], thresholds: dict[int, float]) -> int:
    """Images with at least one detection of these classes at their thresholds."""
    return sum(any(((r.found[:, 5] == c) & (r.found[:, 4] >= t)).any() for c, t in thresholds.items()) for r in results)


def fire_thresholds(results: list[Scored], budget: float = ALARM_BUDGET) -> dict[int, float]:
    """Lowest thresholds of fire and smoke, best mean F1 first, that keep false alarms within the budget.

    False alarms are counted on images of sources without fire, either class counting once per image.
    """
    calm = [r for r in results if FIRE not in SOURCE_CLASSES[r.source]]
    burning = [r for r in results if FIRE in SOURCE_CLASSES[r.source]]
    grid = np.round(np.arange(0.2, 0.91, 0.02), 2)
    score = {c: [precision_recall(burning, c, t)[2] for t in grid] for c in (FIRE, SMOKE)}
    best = (-1.0, {FIRE: 0.9, SMOKE: 0.9})
    for a, fire in enumerate(grid):
        for b, smoke in enumerate(grid):
            value = score[FIRE][a] + score[SMOKE][b]
            if value > best[0] and alarm_images(calm, {FIRE: fire, SMOKE: smoke}) <= budget * len(calm):
                best = (value, {FIRE: float(fire), SMOKE: float(smoke)})
    return best[1]


def recommended_thresholds(results: list[Scored]) -> dict[int, float]:
    """Per class the threshold of the best F1 over the sources that label it; fire and smoke by false alarms."""
    grid = np.round(np.arange(0.2, 0.71, 0.02), 2)
    out = {}
    for index in range(len(CLASSES)):
        own = [r for r in results if index in SOURCE_CLASSES[r.source]]
        if any((r.truth[:, 0] == index).any() for r in own):
            out[index] = float(grid[int(np.argmax([precision_recall(own, index, t)[2] for t in grid]))])
    return out | fire_thresholds(results)


def report(results: list[Scored], thresholds: dict[int, float] | None = None) -> dict:
    """All figures of one model on one split, as plain numbers for JSON."""
    per_source: dict[str, dict] = {}
    for source, labelled in SOURCE_CLASSES.items():
        own = [r for r in results if r.source == source]
        if not own:
            continue
        per_source[source] = {
            CLASSES[c]: {"ap50": round(a, 4), "ap50_95": round(b, 4)} for c, (a, b) in average_precision(own, labelled).items()
        }
        vehicles = tuple(c for c in VEHICLES if c in labelled)
        if vehicles:
            a, b = average_precision(own, VEHICLES, merged=True).get(CAR, (0.0, 0.0))
            per_source[source]["vehicle"] = {"ap50": round(a, 4), "ap50_95": round(b, 4)}
    calm = [r for r in results if FIRE not in SOURCE_CLASSES[r.source]]
    thresholds = thresholds or recommended_thresholds(results)
    ap = lambda source, name: per_source.get(source, {}).get(name, {"ap50": 0.0})["ap50"]  # noqa: E731
    fire = ("fire_smoke_abonia", "fire_smoke_sathurshan")
    summary = {
        "fire_smoke": float(np.mean([ap(s, c) for s in fire for c in ("fire", "smoke")])),
        "garbage_bin_overflow": float(np.mean([ap("garbage_atanu", c) for c in ("garbage", "bin", "overflow")])),
        "vehicle_manaus": ap("traffic_manaus_v4", "vehicle"),
        "vehicle_highway": ap("vehicles_highway_v40", "vehicle"),
        "tricycle": ap("vehicles_dhaka_subset", "tricycle"),
        "fire_alarm_images": alarm_images(calm, {c: thresholds[c] for c in (FIRE, SMOKE)}) / max(len(calm), 1),
    }
    at_threshold = {}
    for index, threshold in thresholds.items():
        own = [r for r in results if index in SOURCE_CLASSES[r.source]]
        p, r, f = precision_recall(own, index, threshold)
        at_threshold[CLASSES[index]] = {"threshold": threshold, "precision": round(p, 3), "recall": round(r, 3), "f1": round(f, 3)}
    alarms = {
        source: {CLASSES[c]: alarm_images([r for r in results if r.source == source], {c: thresholds[c]}) for c in (FIRE, SMOKE)}
        for source in SOURCES if FIRE not in SOURCE_CLASSES[source]
    }
    summary = {k: round(v, 4) for k, v in summary.items()}
    counts = {source: sum(r.source == source for r in results) for source in per_source}
    return {"images": len(results), "images_per_source": counts, "summary": summary, "per_source": per_source, "thresholds": at_threshold, "false_alarm_images": alarms}


def evaluate(cache_folder: Path, model: Path, out: Path | None = None, threads: int = 1, every: int = 1, split: str = "val") -> dict:
    """Evaluates an exported model on a split; prints the figures and writes them to `out`."""
    results = detect_split(prepare.load(cache_folder), model, split, threads, every)
    figures = report(results) | {"model": model.name}
    print(json.dumps(figures["summary"], indent=1))
    for source, classes in figures["per_source"].items():
        print(source, " ".join(f"{name} {v['ap50']:.3f}/{v['ap50_95']:.3f}" for name, v in classes.items()))
    print("thresholds", " ".join(f"{n} {v['threshold']} (P {v['precision']} R {v['recall']})" for n, v in figures["thresholds"].items()))
    if out:
        out.write_text(json.dumps(figures, indent=1) + "\n")
    return figures
