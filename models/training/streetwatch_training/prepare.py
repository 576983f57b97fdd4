"""`prepare`: decodes the images once into one file and lets the public weights label what a source leaves out."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import torch

from . import graph, network
from .boxes import detections
from .classes import BUS, CLASSES, COCO_ROW, SOURCES, TRUCK, source_of, taught_classes

MAX_SIDE = 640
TEACHER_FLOOR = 0.2  # below, a teacher's box says nothing
TEACHER_CANVAS = 576


@dataclass
class Cache:
    """Decoded images with their boxes.

    `boxes[i]`: float32 [N, 5] rows `class x1 y1 x2 y2` in pixels of image i;
    `taught[i]`: float32 [N, 6] the same with the teacher's score, empty before the teacher ran.
    """

    folder: Path
    names: list[str]
    splits: np.ndarray
    source_ids: np.ndarray
    shapes: np.ndarray
    original: np.ndarray
    offsets: np.ndarray
    boxes: list[np.ndarray]
    taught: list[np.ndarray]
    pixels: np.ndarray

    def image(self, index: int) -> np.ndarray:
        """uint8 RGB [h, w, 3], a view that must not be written to."""
        h, w = self.shapes[index]
        start = self.offsets[index]
        return self.pixels[start : start + h * w * 3].reshape(h, w, 3)

    def of_split(self, split: str) -> np.ndarray:
        return np.flatnonzero(self.splits == split)


def read_labels(path: Path, width: int, height: int) -> np.ndarray:
    """YOLO text -> [N, 5] `class x1 y1 x2 y2` in pixels; ValueError names the line that is wrong."""
    rows = []
    for number, line in enumerate(path.read_text().splitlines() if path.exists() else [], 1):
        if not line.strip():
            continue
        try:
            index, cx, cy, w, h = int(line.split()[0]), *map(float, line.split()[1:5])
        except ValueError as error:
            raise ValueError(f"{path}:{number}: not `class cx cy w h`: {line!r}") from error
        if not 0 <= index < len(CLASSES):
            raise ValueError(f"{path}:{number}: class {index} does not exist (0-{len(CLASSES) - 1})")
        x1, y1 = max(0.0, cx - w / 2) * width, max(0.0, cy - h / 2) * height
        x2, y2 = min(1.0, cx + w / 2) * width, min(1.0, cy + h / 2) * height
        if x2 > x1 and y2 > y1:
            rows.append((index, x1, y1, x2, y2))
    return np.array(rows, np.float32).reshape(-1, 5)


def decode_images(data: list[Path], folder: Path) -> None:
    """Writes `pixels.u8` and `index.npz` from one or more data folders; skips when they are complete."""
    if (folder / "index.npz").exists():
        print("images: already decoded")
        return
    folder.mkdir(parents=True, exist_ok=True)
    files = [
        path for root in data for split in ("train", "val") if (root / "images" / split).is_dir()
        for path in sorted((root / "images" / split).iterdir())
    ]
    names, splits, source_ids, shapes, original, offsets, boxes, owner = [], [], [], [], [], [], [], []
    offset, skipped = 0, 0
    with open(folder / "pixels.u8", "wb") as out:
        for number, path in enumerate(files):
            image = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if image is None:
                print(f"{path}: not an image, skipped")
                skipped += 1
                continue
            height, width = image.shape[:2]
            scale = min(1.0, MAX_SIDE / max(height, width))
            if scale < 1:
                image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            h, w = image.shape[:2]
            out.write(np.ascontiguousarray(image[:, :, ::-1]).tobytes())
            split = path.parent.name
            found = read_labels(path.parents[2] / "labels" / split / f"{path.stem}.txt", w, h)
            owner += [len(names)] * len(found)
            boxes.append(found)
            names.append(path.stem)
            splits.append(split)
            source_ids.append(SOURCES.index(source_of(path.name)))
            shapes.append((h, w))
            original.append((height, width))
            offsets.append(offset)
            offset += h * w * 3
            if number % 1000 == 0:
                print(f"images: {number}/{len(files)}", flush=True)
    np.savez(
        folder / "index.npz", names=np.array(names), splits=np.array(splits), source_ids=np.array(source_ids),
        shapes=np.array(shapes), original=np.array(original), offsets=np.array(offsets, np.int64),
        boxes=np.concatenate(boxes), owner=np.array(owner),
    )
    print(f"images: {len(names)} decoded, {skipped} skipped, {offset / 1e9:.2f} GB")


def _split_rows(rows: np.ndarray, owner: np.ndarray, count: int) -> list[np.ndarray]:
    """Rows of each owner 0..count-1, for owners in ascending order."""
    return np.split(rows, np.searchsorted(owner, np.arange(1, count)))


def load(folder: Path) -> Cache:
    """Opens a prepared cache; the pixels stay on disk (and in the page cache)."""
    z = np.load(folder / "index.npz")
    count = len(z["names"])
    boxes = _split_rows(z["boxes"], z["owner"], count)
    taught = [np.zeros((0, 6), np.float32)] * count
    if (folder / "taught.npz").exists():
        t = np.load(folder / "taught.npz")
        taught = _split_rows(t["boxes"], t["owner"], count)
    return Cache(
        folder, list(z["names"]), z["splits"], z["source_ids"], z["shapes"], z["original"], z["offsets"], boxes, taught,
        np.memmap(folder / "pixels.u8", np.uint8, "r"),
    )


def letterbox(image: np.ndarray, width: int, height: int) -> tuple[np.ndarray, float]:
    """Scales to fit, top left, rest grey (114). Returns the canvas and the scale."""
    h, w = image.shape[:2]
    scale = min(width / w, height / h)
    canvas = np.full((height, width, 3), network.PAD_VALUE, np.uint8)
    new_w, new_h = max(1, round(w * scale)), max(1, round(h * scale))
    canvas[:new_h, :new_w] = cv2.resize(image, (new_w, new_h), interpolation=cv2.INTER_LINEAR)
    return canvas, scale


def _teacher_session(weights: Path, threads: int) -> onnxruntime.InferenceSession:
    model = graph.load_prepared(weights)
    graph.cut_at_heads(model)
    graph.fix_canvas(model, TEACHER_CANVAS, TEACHER_CANVAS)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


@torch.no_grad()
def teach(folder: Path, weights: Path, threads: int = 1) -> None:
    """Boxes of the public weights on training images, for classes that a source leaves out; `taught.npz`.

    For Manaus, whose trucks include buses, the teacher's buses are kept too: training moves the
    truck boxes that the teacher calls buses to `bus`.
    """
    if (folder / "taught.npz").exists():
        print("teacher: already done")
        return
    cache = load(folder)
    teacher = _teacher_session(weights, threads)
    points, strides = network.anchor_points(TEACHER_CANVAS, TEACHER_CANVAS)
    rows, owner = [], []
    todo = cache.of_split("train")
    started = time.monotonic()
    for done, i in enumerate(todo, 1):
        canvas, scale = letterbox(cache.image(i), TEACHER_CANVAS, TEACHER_CANVAS)
        pixels = network.normalise(torch.from_numpy(canvas[None])).contiguous().numpy()
        maps = [torch.from_numpy(m) for m in teacher.run(None, {teacher.get_inputs()[0].name: pixels})]
        logits, distribution = network.flatten_heads(maps)
        scores = logits[0, :, list(COCO_ROW.values())].sigmoid().numpy()
        boxes = network.decode_boxes(distribution, points, strides)[0].numpy()
        source = SOURCES[cache.source_ids[i]]
        wanted = set(taught_classes(source)) | ({BUS, TRUCK} if source == "traffic_manaus_v4" else set())
        h, w = cache.shapes[i]
        for x1, y1, x2, y2, score, column in detections(boxes, scores, TEACHER_FLOOR):
            index = list(COCO_ROW)[int(column)]
            if index in wanted:
                rows.append((index, *np.clip(np.array([x1, y1, x2, y2]) / scale, 0, [w, h, w, h]), score))
                owner.append(i)
        if done % 500 == 0:
            print(f"teacher: {done}/{len(todo)}, {done / (time.monotonic() - started):.1f} images/s", flush=True)
    np.savez(folder / "taught.npz", boxes=np.array(rows, np.float32).reshape(-1, 6), owner=np.array(owner))
    (folder / "prepared.json").write_text(json.dumps({"images": len(cache.names), "taught": len(rows)}))
    print(f"teacher: {len(rows)} boxes")
