"""Assignment of cells to boxes and the loss: task-aligned assignment, varifocal, GIoU and distribution focal loss."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from .network import BINS, decode_boxes

TOP_K = 13
IOU_POWER = 6
NEAR_STRIDES = 0.75  # a box smaller than a cell still gets the cells this near to its centre


def paired_iou(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Boxes [N, 1, 4] against [N, A, 4] -> [N, A]."""
    inter = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1)
    area_a = (a[..., 2:] - a[..., :2]).clamp(min=0).prod(-1)
    area_b = (b[..., 2:] - b[..., :2]).clamp(min=0).prod(-1)
    return inter / (area_a + area_b - inter).clamp(min=1e-6)


@torch.no_grad()
def assign(scores, boxes, points, strides, gt):
    """Task-aligned assignment (TOOD, arXiv:2108.07755).

    scores [B, A, C], boxes [B, A, 4]; gt: `boxes` [N, 4], `classes` int64 [N], `image` int64 [N], ascending.
    Returns per cell: index into gt [B, A], assigned bool [B, A], target score [B, A].
    """
    batch, cells = boxes.shape[:2]
    iou = paired_iou(gt["boxes"][:, None], boxes[gt["image"]])
    metric = scores[gt["image"], :, gt["classes"]] * iou.pow(IOU_POWER)
    centre = (gt["boxes"][:, :2] + gt["boxes"][:, 2:]) / 2
    half = (gt["boxes"][:, 2:] - gt["boxes"][:, :2]) / 2
    offset = (points[None] - centre[:, None]).abs()
    near = NEAR_STRIDES * strides * (strides == strides.min())
    inside = (offset <= torch.maximum(half[:, None], near[None])).all(-1)
    metric = metric * inside
    # the tiny term keeps an order (nearest cells first) while overlap is still nil
    ranked = metric + 1e-9 / (1 + (offset / strides).square().sum(-1)) * inside
    top = ranked.topk(min(TOP_K, cells), dim=1)
    chosen = torch.zeros_like(inside).scatter_(1, top.indices, top.values > 0)
    contest = torch.where(chosen, iou, -1.0)
    gt_index = torch.zeros(batch, cells, dtype=torch.long, device=iou.device)
    target = torch.zeros(batch, cells, device=iou.device)
    assigned = torch.zeros(batch, cells, dtype=torch.bool, device=iou.device)
    counts = torch.bincount(gt["image"], minlength=batch).tolist()
    start = 0
    for image, count in enumerate(counts):
        if count:
            rows = slice(start, start + count)
            best, winner = contest[rows].max(0)
            kept = chosen[rows] & (torch.arange(count, device=iou.device)[:, None] == winner[None])
            kept_metric = metric[rows] * kept
            share = kept_metric / kept_metric.amax(1, keepdim=True).clamp(min=1e-12)
            target[image] = (share * (iou[rows] * kept).amax(1, keepdim=True)).amax(0)
            assigned[image] = best >= 0
            gt_index[image] = winner + start
        start += count
    return gt_index, assigned, target * assigned


def giou(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Generalised IoU (arXiv:1902.09630) of matching boxes [N, 4]."""
    inter = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(-1)
    union = (a[:, 2:] - a[:, :2]).clamp(min=0).prod(-1) + (b[:, 2:] - b[:, :2]).clamp(min=0).prod(-1) - inter
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(-1)
    return inter / union.clamp(min=1e-6) - (hull - union) / hull.clamp(min=1e-6)


def detector_loss(logits, distribution, points, strides, gt) -> tuple[torch.Tensor, dict[str, float]]:
    """Total loss of a batch and its parts.

    logits [B, A, C], distribution [B, A, 4, 8]; gt as for `assign`, and `weights` [B, A, C]
    (0 where it is not known whether a class is there).
    """
    boxes = decode_boxes(distribution, points, strides)
    scores = logits.sigmoid()
    weights = gt["weights"]
    wanted = torch.zeros_like(logits)
    if len(gt["boxes"]):
        gt_index, assigned, quality = assign(scores.detach(), boxes.detach(), points, strides, gt)
        image, cell = assigned.nonzero(as_tuple=True)
        own = gt_index[image, cell]
        index = (image, cell, gt["classes"][own])
        wanted[index] = quality[image, cell]
        weights = weights.index_put(index, torch.ones(len(own), device=weights.device))
    # varifocal loss (arXiv:2008.13367)
    focus = torch.where(wanted > 0, wanted, 0.75 * scores.detach().square())
    classification = (F.binary_cross_entropy_with_logits(logits, wanted, reduction="none") * focus * weights).sum()
    if not len(gt["boxes"]):
        return classification, {"cls": float(classification.detach()), "iou": 0.0, "dfl": 0.0}
    box_weight = quality[image, cell]
    gt_boxes = gt["boxes"][own]
    overlap = ((1 - giou(boxes[image, cell], gt_boxes)) * box_weight).sum()
    sides = torch.cat([points[cell] - gt_boxes[:, :2], gt_boxes[:, 2:] - points[cell]], -1) / strides[cell]
    sides = sides.clamp(0, BINS - 1.01)
    low = sides.floor().long()
    share = sides - low
    log_p = distribution[image, cell].log_softmax(-1)
    dfl = -(log_p.gather(-1, low[..., None])[..., 0] * (1 - share) + log_p.gather(-1, low[..., None] + 1)[..., 0] * share)
    normaliser = quality.sum().clamp(min=1)
    parts = {
        "cls": classification / normaliser,
        "iou": overlap / normaliser,
        "dfl": (dfl.mean(-1) * box_weight).sum() / normaliser,
    }
    return parts["cls"] + 2.0 * parts["iou"] + 0.5 * parts["dfl"], {k: float(v.detach()) for k, v in parts.items()}
