"""Boxes as numpy arrays: overlap and non-maximum suppression."""

from __future__ import annotations

import numpy as np


def iou_matrix(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of xyxy boxes [N, 4] and [M, 4] -> [N, M]."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    inter = np.clip(high - low, 0, None).prod(-1)
    area_a = np.clip(a[:, 2:] - a[:, :2], 0, None).prod(-1)
    area_b = np.clip(b[:, 2:] - b[:, :2], 0, None).prod(-1)
    return inter / np.maximum(area_a[:, None] + area_b[None] - inter, 1e-9)


def suppress(boxes: np.ndarray, scores: np.ndarray, iou: float) -> np.ndarray:
    """Greedy non-maximum suppression of one class; indices that stay, best first."""
    order = np.argsort(-scores, kind="stable")
    overlaps = iou_matrix(boxes[order], boxes[order]) > iou
    alive = np.ones(len(order), bool)
    for k in range(len(order)):
        if alive[k]:
            alive[k + 1:] &= ~overlaps[k, k + 1:]
    return order[alive]


def detections(
    boxes: np.ndarray, scores: np.ndarray, floor: float, iou: float = 0.6, limit: int = 100, candidates: int = 400
) -> np.ndarray:
    """One image's raw output -> [N, 6] rows `x1 y1 x2 y2 score class`, best first.

    boxes [A, 4], scores [A, C]; suppression is per class; at most `limit` rows stay.
    """
    rows = []
    for index in range(scores.shape[1]):
        picked = np.flatnonzero(scores[:, index] >= floor)
        if len(picked) > candidates:
            picked = picked[np.argsort(-scores[picked, index])[:candidates]]
        if len(picked):
            stay = picked[suppress(boxes[picked], scores[picked, index], iou)]
            rows.append(np.column_stack([boxes[stay], scores[stay, index], np.full(len(stay), index)]))
    if not rows:
        return np.zeros((0, 6), np.float32)
    found = np.concatenate(rows).astype(np.float32)
    return found[np.argsort(-found[:, 4], kind="stable")[:limit]]
