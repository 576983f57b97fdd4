"""Which classes exist, which source labels what, and what may be concluded from a missing box."""

from __future__ import annotations

import numpy as np

CLASSES = (
    "person", "bicycle", "car", "motorcycle", "bus", "truck",
    "tricycle", "garbage", "bin", "overflow", "fire", "smoke",
)
PERSON, BICYCLE, CAR, MOTORCYCLE, BUS, TRUCK, TRICYCLE, GARBAGE, BIN, OVERFLOW, FIRE, SMOKE = range(12)

# Row of each class in the 80 COCO rows of the starting weights.
COCO_ROW = {PERSON: 0, BICYCLE: 1, CAR: 2, MOTORCYCLE: 3, BUS: 5, TRUCK: 7}

SOURCE_CLASSES = {
    "fire_smoke_abonia": (FIRE, SMOKE),
    "fire_smoke_sathurshan": (FIRE, SMOKE),
    "garbage_atanu": (GARBAGE, BIN, OVERFLOW),
    "traffic_manaus_v4": (PERSON, BICYCLE, CAR, MOTORCYCLE, TRUCK),
    "vehicles_dhaka_subset": (BICYCLE, CAR, MOTORCYCLE, BUS, TRUCK, TRICYCLE),
    "vehicles_highway_v40": (PERSON, CAR, MOTORCYCLE, BUS, TRUCK),
    # frames that the project renders itself (benchmarks/street): everything in them is known
    "rendered_street": tuple(range(len(CLASSES))),
}
SOURCES = tuple(SOURCE_CLASSES)

# How much a class without a box counts as absent, for classes that the source does not label.
# 0: unknown (no loss). Tricycles do drive in the streets of garbage_atanu; garbage does lie beside
# burning houses; in the traffic views it is rare, so its absence is weak evidence.
UNLABELLED_NEGATIVE = {
    "fire_smoke_abonia": {TRICYCLE: 0.3},
    "fire_smoke_sathurshan": {TRICYCLE: 0.3},
    "garbage_atanu": {FIRE: 1.0, SMOKE: 1.0},
    "traffic_manaus_v4": {TRICYCLE: 1.0, FIRE: 1.0, SMOKE: 1.0, GARBAGE: 0.3, BIN: 0.3, OVERFLOW: 0.3},
    "vehicles_dhaka_subset": {FIRE: 1.0, SMOKE: 1.0, GARBAGE: 0.2, BIN: 0.2, OVERFLOW: 0.2},
    "vehicles_highway_v40": {TRICYCLE: 0.5, FIRE: 1.0, SMOKE: 1.0, GARBAGE: 0.3, BIN: 0.3, OVERFLOW: 0.3},
}


def source_of(file_name: str) -> str:
    """`SOURCE-00012.jpg` -> `SOURCE`; raises ValueError for a source that the table does not know."""
    source = file_name.rsplit("-", 1)[0]
    if source not in SOURCE_CLASSES:
        raise ValueError(f"{file_name}: unknown source {source!r}; known: {', '.join(SOURCES)}")
    return source


def taught_classes(source: str) -> tuple[int, ...]:
    """Classes that the starting weights know and this source does not label: those get pseudo-labels.

    Manaus counts its buses as trucks: there `bus` is settled by the teacher per truck box instead.
    """
    known = set(COCO_ROW) - set(SOURCE_CLASSES[source])
    return tuple(sorted(known - {BUS} if source == "traffic_manaus_v4" else known))


def class_weights(source: str) -> np.ndarray:
    """float32 [12]: weight of the classification loss of each class on images of this source."""
    weights = np.zeros(len(CLASSES), np.float32)
    weights[list(SOURCE_CLASSES[source])] = 1
    weights[list(taught_classes(source))] = 0.7
    for index, weight in UNLABELLED_NEGATIVE.get(source, {}).items():
        weights[index] = weight
    if source == "traffic_manaus_v4":
        weights[BUS] = 1
    return weights
