"""A whole training in miniature, on pictures drawn on the spot: `python tests/tiny_run.py START.onnx FOLDER`.

Leaves `model.onnx` and `sample.json` (the pixels of one picture and what onnxruntime makes of it) in FOLDER,
and prints one line of JSON with the first and the last loss.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from streetwatch_training import export, prepare, train  # noqa: E402

SIZE = 128
SOURCES = ("fire_smoke_abonia", "garbage_atanu", "traffic_manaus_v4")
CLASS_OF = {"fire_smoke_abonia": 10, "garbage_atanu": 7, "traffic_manaus_v4": 2}
COLOUR_OF = {10: (20, 90, 240), 7: (60, 120, 60), 2: (200, 60, 20)}  # BGR


def draw_pictures(data: Path, per_split: int = 6) -> None:
    """Grey streets with one coloured block each, labelled as its source labels."""
    rng = np.random.default_rng(1)
    for split in ("train", "val"):
        (data / "images" / split).mkdir(parents=True)
        (data / "labels" / split).mkdir(parents=True)
        for number in range(per_split):
            source = SOURCES[number % len(SOURCES)]
            index = CLASS_OF[source]
            picture = rng.integers(90, 130, (SIZE, SIZE, 3), np.uint8)
            x, y = (int(v) for v in rng.integers(8, 56, 2))
            cv2.rectangle(picture, (x, y), (x + 48, y + 40), COLOUR_OF[index], -1)
            cv2.imwrite(str(data / "images" / split / f"{source}-{number:05d}.jpg"), picture)
            box = f"{index} {(x + 24) / SIZE} {(y + 20) / SIZE} {48 / SIZE} {40 / SIZE}\n"
            (data / "labels" / split / f"{source}-{number:05d}.txt").write_text(box)


def run(start: Path, folder: Path) -> dict[str, float]:
    """Prepares, trains, stops, resumes and exports; the losses are those of the first and the last five steps."""
    draw_pictures(folder / "data")
    prepare.decode_images([folder / "data"], folder / "cache")
    prepare.teach(folder / "cache", start)
    train.LOG_EVERY = 5
    recipe = train.Recipe(budget_s=3600, warmup_steps=5, seed=3)
    recipe.canvases = {SIZE: (6, 1.0)}
    recipe.shares = {name: 1.0 for name in SOURCES}
    train.train(folder / "cache", start, folder / "run", recipe, max_steps=20)
    steps = train.train(folder / "cache", start, folder / "run", recipe, max_steps=40, processes=2, threads=1)
    export.export(start, folder / "run" / "last.pt", folder / "model.onnx", SIZE, SIZE)
    lines = [json.loads(line) for line in (folder / "run" / "log.jsonl").read_text().splitlines()]
    cache = prepare.load(folder / "cache")
    pixels = cache.image(int(cache.of_split("val")[0]))
    boxes, scores = onnxruntime.InferenceSession(str(folder / "model.onnx")).run(["boxes", "scores"], {"image": pixels[None]})
    (folder / "sample.json").write_text(json.dumps({
        "width": SIZE, "height": SIZE, "pixels": pixels.ravel().tolist(),
        "boxes": boxes.ravel().round(4).tolist(), "scores": scores.ravel().round(6).tolist(),
    }))
    return {"first": lines[0]["cls"], "last": lines[-1]["cls"], "steps": steps}


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), Path(sys.argv[2]))))
