"""Training pictures: mosaics, scale jitter, and what street cameras do to an image (night, glare, blur, noise, JPEG)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from . import network
from .boxes import iou_matrix
from .classes import BUS, CLASSES, SOURCES, TRUCK, class_weights
from .prepare import Cache

TEACHER_TRUST = 0.45  # a teacher's box above it is a target, below it only silences the loss
KEEP_VISIBLE = 0.25  # share of a cut box that must still be seen to be a target


@dataclass
class Labelled:
    """Targets and silenced areas of one picture; rows `class x1 y1 x2 y2` in pixels."""

    boxes: np.ndarray
    ignore: np.ndarray


@dataclass
class Sample:
    """`image` uint8 [S, S, 3]; `regions` are (x1, y1, x2, y2, class weights [12]) of the source below."""

    image: np.ndarray
    boxes: np.ndarray
    ignore: np.ndarray
    regions: list[tuple[int, int, int, int, np.ndarray]]


def merge_teacher(cache: Cache, index: int) -> Labelled:
    """Joins a source's own boxes with the teacher's for the classes that the source leaves out."""
    own = cache.boxes[index].copy()
    taught = cache.taught[index]
    ignore: list[np.ndarray] = []
    if SOURCES[cache.source_ids[index]] == "traffic_manaus_v4":
        own, settled = _settle_buses(own, taught)
        ignore += settled
        taught = taught[~np.isin(taught[:, 0], (BUS, TRUCK))]
    targets = [own]
    overlaps_own = iou_matrix(taught[:, 1:5], own[:, 1:5]).max(1, initial=0) > 0.5
    best_first = np.argsort(-taught[:, 5])
    taken = np.zeros((0, 4), np.float32)
    for k in best_first:
        row = taught[k : k + 1, :5]
        twin = iou_matrix(row[:, 1:5], taken).max(initial=0) > 0.6
        if taught[k, 5] >= TEACHER_TRUST and not overlaps_own[k] and not twin:
            targets.append(row)
            taken = np.concatenate([taken, row[:, 1:5]])
        else:
            ignore.append(row)
    return Labelled(np.concatenate(targets), np.concatenate(ignore) if ignore else np.zeros((0, 5), np.float32))


def _settle_buses(own: np.ndarray, taught: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Manaus calls buses trucks: where the teacher is surer of a bus the box becomes one; the other class is silent."""
    settled = []
    for row in own[own[:, 0] == TRUCK]:
        near = taught[iou_matrix(row[None, 1:5], taught[:, 1:5])[0] > 0.5]
        bus = near[near[:, 0] == BUS, 5].max(initial=0)
        truck = near[near[:, 0] == TRUCK, 5].max(initial=0)
        other = row.copy()
        other[0] = TRUCK if bus > truck else BUS
        settled.append(other[None])
        if bus > truck:
            own[(own == row).all(1), 0] = BUS
    return own, settled


class Composer:
    """Builds seeded training samples from a prepared cache."""

    def __init__(self, cache: Cache, shares: dict[str, float]):
        self.cache = cache
        train = cache.of_split("train")
        self.pools = [train[cache.source_ids[train] == SOURCES.index(name)] for name in shares]
        self.shares = np.array(list(shares.values())) * [len(p) > 0 for p in self.pools]
        self.shares = self.shares / self.shares.sum()
        self.weights = [class_weights(name) for name in SOURCES]
        self.labels = {int(i): merge_teacher(cache, i) for i in train}

    def pick(self, rng: np.random.Generator) -> int:
        pool = self.pools[rng.choice(len(self.pools), p=self.shares)]
        return int(pool[rng.integers(len(pool))])

    def sample(self, rng: np.random.Generator, size: int, mild: bool) -> Sample:
        """One square picture of `size` pixels; `mild` is for the end of training, close to what cameras send."""
        image = np.full((size, size, 3), network.PAD_VALUE, np.uint8)
        out = Sample(image, np.zeros((0, 5), np.float32), np.zeros((0, 5), np.float32), [])
        kind = rng.random()
        if kind < (0.25 if mild else 0.6):
            cx, cy = (int(size * v) for v in rng.uniform(0.35, 0.65, 2))
            for x1, y1, x2, y2 in ((0, 0, cx, cy), (cx, 0, size, cy), (0, cy, cx, size), (cx, cy, size, size)):
                self._place(rng, out, (x1, y1, x2, y2), rng.uniform(0.8, 1.8))
        elif kind < (0.6 if mild else 0.92):
            self._place(rng, out, (0, 0, size, size), float(np.exp(rng.uniform(np.log(0.7), np.log(1.9)))))
        else:
            self._place(rng, out, (0, 0, size, size), 1.0)
        if rng.random() < 0.5:
            _flip(out)
        out.image = degrade(rng, out.image, 0.5 if mild else 1.0)
        return out

    def _place(self, rng: np.random.Generator, out: Sample, tile: tuple[int, int, int, int], zoom: float) -> None:
        """Draws one picture into a tile: scaled to fit times `zoom`, at a random place; what sticks out is cut."""
        index = self.pick(rng)
        picture, labels = self.cache.image(index), self.labels[index]
        tx, ty, tx2, ty2 = tile
        tw, th = tx2 - tx, ty2 - ty
        h, w = picture.shape[:2]
        fit = min(tw / w, th / h) * zoom
        stretch = np.exp(rng.uniform(-0.12, 0.12)) if zoom != 1 else 1.0
        sx, sy = fit * stretch, fit / stretch
        nw, nh = max(8, round(w * sx)), max(8, round(h * sy))
        sx, sy = nw / w, nh / h
        dx = int(rng.integers(min(0, tw - nw), max(0, tw - nw) + 1)) if zoom != 1 else 0
        dy = int(rng.integers(min(0, th - nh), max(0, th - nh) + 1)) if zoom != 1 else 0
        x1, y1, x2, y2 = max(0, dx), max(0, dy), min(tw, dx + nw), min(th, dy + nh)
        out.image[ty + y1 : ty + y2, tx + x1 : tx + x2] = _scaled(picture, (sx, sy), (x1 - dx, y1 - dy, x2 - dx, y2 - dy))
        window = np.array([tx + x1, ty + y1, tx + x2, ty + y2])
        out.regions.append((*window.tolist(), self.weights[self.cache.source_ids[index]]))
        moved = (np.array([sx, sy, sx, sy]), np.array([tx + dx, ty + dy, tx + dx, ty + dy]), window)
        boxes, lost = _move(labels.boxes, *moved)
        ignore, _ = _move(labels.ignore, *moved, keep=0.0)
        out.boxes = np.concatenate([out.boxes, boxes])
        out.ignore = np.concatenate([out.ignore, ignore, lost])


def _scaled(picture: np.ndarray, scale: tuple[float, float], window: tuple[int, int, int, int]) -> np.ndarray:
    """The part `window` (x1 y1 x2 y2, in pixels of the result) of a picture scaled by (sx, sy); only that part is computed."""
    (sx, sy), (x1, y1, x2, y2) = scale, window
    while max(sx, sy) < 0.7:  # halves first, which is fast, so that no pixel of the picture is passed over
        h, w = picture.shape[:2]
        picture = cv2.resize(picture, (w // 2, h // 2), interpolation=cv2.INTER_AREA)
        sx, sy = sx * w / (w // 2), sy * h / (h // 2)
    # centres of pixels meet: x' = (x + 0.5) sx - 0.5 - x1
    turn = np.array([[sx, 0, sx / 2 - 0.5 - x1], [0, sy, sy / 2 - 0.5 - y1]])
    return cv2.warpAffine(picture, turn, (x2 - x1, y2 - y1), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _move(rows: np.ndarray, scale: np.ndarray, shift: np.ndarray, window: np.ndarray, keep: float = KEEP_VISIBLE):
    """Boxes after scaling and shifting, cut to the window: (those still seen well enough, visible rests of the others)."""
    if not len(rows):
        return rows, rows
    full = rows[:, 1:5] * scale + shift
    cut = np.clip(full, np.tile(window[:2], 2), np.tile(window[2:], 2))
    size = cut[:, 2:] - cut[:, :2]
    share = size.prod(1) / np.maximum((full[:, 2:] - full[:, :2]).prod(1), 1e-6)
    moved = np.column_stack([rows[:, 0], cut]).astype(np.float32)
    seen = size.prod(1) > 0
    good = seen & (share >= keep) & (size.min(1) >= 3)
    return moved[good], moved[seen & ~good]


def _flip(out: Sample) -> None:
    size = out.image.shape[1]
    out.image = np.ascontiguousarray(out.image[:, ::-1])
    for rows in (out.boxes, out.ignore):
        rows[:, [1, 3]] = size - rows[:, [3, 1]]
    out.regions = [(size - x2, y1, size - x1, y2, w) for x1, y1, x2, y2, w in out.regions]


def degrade(rng: np.random.Generator, image: np.ndarray, strength: float) -> np.ndarray:
    """Colour and camera faults, each with its own chance times `strength`."""

    def chance(p: float) -> bool:
        return rng.random() < p * strength

    if rng.random() < 0.7:
        image = _colour(rng, image)
    if chance(0.12):
        image = _night(rng, image)
    if chance(0.06):
        image = _glare(rng, image)
    if chance(0.08):
        image = _motion_blur(rng, image)
    if chance(0.15):
        h, w = image.shape[:2]
        f = rng.uniform(0.4, 0.8)
        small = cv2.resize(image, (int(w * f), int(h * f)), interpolation=cv2.INTER_AREA)
        image = cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)
    if chance(0.1):
        noise = np.empty(image.shape, np.int16)
        cv2.randn(noise, 0, float(rng.uniform(4, 14)))
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if chance(0.25):
        ok, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 75))])
        image = cv2.imdecode(data, cv2.IMREAD_COLOR) if ok else image
    return image


def _colour(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    ramp = np.arange(256)
    hue = ((ramp + rng.uniform(-5, 5)) % 180).astype(np.uint8)
    saturation = np.clip(ramp * rng.uniform(0.5, 1.4), 0, 255).astype(np.uint8)
    value = np.clip(255 * (ramp / 255) ** rng.uniform(0.7, 1.4) * rng.uniform(0.7, 1.25), 0, 255).astype(np.uint8)
    table = np.stack([hue, saturation, value], -1).reshape(1, 256, 3)
    return cv2.cvtColor(cv2.LUT(hsv, table), cv2.COLOR_HSV2RGB)


def _night(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    ramp = np.arange(256) / 255
    tint = np.array([rng.uniform(0.8, 1.1), 0.95, rng.uniform(0.85, 1.2)])
    table = 255 * (ramp[:, None] ** rng.uniform(1.3, 2.2)) * tint * rng.uniform(0.35, 0.8)
    return cv2.LUT(image, np.clip(table, 0, 255).astype(np.uint8).reshape(1, 256, 3))


def _glare(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """One to three lamps that bloom: white or warm, as headlamps and low suns look."""
    h, w = image.shape[:2]
    y, x = np.ogrid[:h, :w]
    out = image.astype(np.float32)
    for _ in range(rng.integers(1, 4)):
        cx, cy, radius = rng.uniform(0, w), rng.uniform(0, h), rng.uniform(0.01, 0.12) * w
        blob = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * radius**2), dtype=np.float32)
        out += blob[..., None] * np.array([255, rng.uniform(215, 255), rng.uniform(170, 255)], np.float32)
    return np.clip(out, 0, 255).astype(np.uint8)


def _motion_blur(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    length = int(rng.integers(3, 10))
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), float(rng.uniform(0, 180)), 1)
    kernel = cv2.warpAffine(kernel, turn, (length, length))
    return cv2.filter2D(image, -1, kernel / max(kernel.sum(), 1e-3))


def anchor_weights(sample: Sample, points: np.ndarray) -> np.ndarray:
    """float32 [A, 12]: weight of the classification loss per cell; grey padding counts as empty of everything."""
    weights = np.ones((len(points), len(CLASSES)), np.float32)
    x, y = points[:, 0], points[:, 1]
    for x1, y1, x2, y2, source in sample.regions:
        weights[(x >= x1) & (x < x2) & (y >= y1) & (y < y2)] = source
    for index, x1, y1, x2, y2 in sample.ignore:
        weights[(x >= x1) & (x <= x2) & (y >= y1) & (y <= y2), int(index)] = 0
    return weights
