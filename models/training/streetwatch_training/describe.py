"""`describe`: the manifest that the program reads beside the weights, and the tables of its model card."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import onnx

from . import network
from .classes import CLASSES, SOURCES
from .evaluate import NMS_IOU

# Objects that the sources themselves call now one, now the other: one object keeps one label.
RIVALS = [["car", "bus", "truck"], ["bin", "overflow"]]
START = "PicoDet-S 416 (PaddleDetection, Apache-2.0)"


def card_tables(figures: dict) -> str:
    """Markdown tables of a model card: AP per source and class, thresholds with what they cost, false alarms."""
    lines = ["| source | class | AP50 | AP50-95 |", "|---|---|---|---|"]
    for source, classes in figures["per_source"].items():
        for name, value in classes.items():
            label = "vehicle (car, bus, truck merged)" if name == "vehicle" else name
            lines.append(f"| {source} | {label} | {value['ap50']:.3f} | {value['ap50_95']:.3f} |")
    lines += ["", "| class | threshold | precision | recall | F1 |", "|---|---|---|---|---|"]
    for name, value in figures["thresholds"].items():
        lines.append(f"| {name} | {value['threshold']:.2f} | {value['precision']:.2f} | {value['recall']:.2f} | {value['f1']:.2f} |")
    lines += ["", "| source without fire | images | with a fire alarm | with a smoke alarm |", "|---|---|---|---|"]
    for source, alarms in figures["false_alarm_images"].items():
        lines.append(f"| {source} | {figures['images_per_source'][source]} | {alarms['fire']} | {alarms['smoke']} |")
    return "\n".join(lines) + "\n"


def write_manifest(model: Path, figures: Path, out: Path, model_id: str, name: str, commit: str, thresholds: Path | None) -> None:
    """Writes the manifest of an exported model; thresholds come from the figures unless given."""
    measured = {k: v["threshold"] for k, v in json.loads(figures.read_text())["thresholds"].items()}
    if thresholds:
        measured |= json.loads(thresholds.read_text())
    _, height, width, _ = (d.dim_value for d in onnx.load(model).graph.input[0].type.tensor_type.shape.dim)
    manifest = {
        "id": model_id,
        "name": name,
        "file": os.path.relpath(model, out.parent),
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "licence": "Apache-2.0",
        "decoder": "boxes-scores",
        "classes": list(CLASSES),
        "input": {
            "width": width, "height": height, "layout": "nhwc", "dtype": "uint8", "colour": "rgb",
            "resize": "letterbox", "padValue": network.PAD_VALUE,
        },
        "scoreThresholds": {c: measured[c] for c in CLASSES},
        "nmsIou": NMS_IOU,
        "rivals": RIVALS,
        "trainedFrom": {"weights": START, "commit": commit, "data": list(SOURCES)},
        "card": f"../cards/{model_id}.md",
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(manifest, indent=2) + "\n")
    print(f"{out}: {manifest['sha256']}")
    print(card_tables(json.loads(figures.read_text())))
