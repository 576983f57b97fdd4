"""The detector as a torch module: PicoDet-S body from public weights, our class rows, decoding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from .classes import CLASSES, COCO_ROW, CAR, MOTORCYCLE, TRICYCLE
from .graph import HEAD_BOX_CHANNELS, GraphNet, cut_at_heads, load_prepared

STRIDES = (8, 16, 32, 64)
BINS = 8
MEAN = (123.675, 116.28, 103.53)
STD = (58.395, 57.12, 57.375)
PAD_VALUE = 114
PRIOR = 0.01


def build(path: str | Path, seed: int = 0) -> GraphNet:
    """The network with public COCO weights and heads of our classes.

    Rows of classes that COCO knows are copied; tricycle starts as the mean of car and
    motorcycle; the others start small with a prior of 0.01.
    """
    model = load_prepared(path)
    heads = cut_at_heads(model)
    net = GraphNet(model)
    generator = torch.Generator().manual_seed(seed)
    for node in [n for n in model.graph.node if n.output[0] in heads]:
        for name, is_bias in ((node.input[1], False), (node.input[2], True)):
            key = next(k for k, v in net.tensor_names.items() if v == name)
            old = getattr(net, key).data
            rows = len(old) - HEAD_BOX_CHANNELS
            new = torch.empty(len(CLASSES) + HEAD_BOX_CHANNELS, *old.shape[1:])
            new[len(CLASSES):] = old[rows:]
            for index in range(len(CLASSES)):
                if index in COCO_ROW:
                    new[index] = old[COCO_ROW[index]]
                elif is_bias:
                    new[index] = -float(np.log((1 - PRIOR) / PRIOR))
                else:
                    new[index] = torch.randn(old.shape[1:], generator=generator) * 0.02
            if not is_bias:
                new[TRICYCLE] = (new[CAR] + new[MOTORCYCLE]) / 2
            setattr(net, key, nn.Parameter(new))
    return net


def load_exported(net: GraphNet, path: str | Path) -> None:
    """Takes over the weights of a file that `export` wrote, so that training can go on from what ships.

    The export folds the division by the standard deviation into the first convolution; it is undone here.
    Raises ValueError, naming the tensor, for a file whose tensors are not those of this network.
    """
    stored = {i.name: numpy_helper.to_array(i) for i in onnx.load(str(path)).graph.initializer}
    for position, (key, name) in enumerate(net.tensor_names.items()):
        own = getattr(net, key)
        if name not in stored or stored[name].shape != tuple(own.shape):
            raise ValueError(f"{path}: no tensor {name} of shape {tuple(own.shape)}; not an export of this network")
        value = stored[name].astype(np.float32)
        if position == 0:
            value = value * np.array(STD, np.float32)[None, :, None, None]
        own.data.copy_(torch.from_numpy(value))


def with_normalisation(path: str | Path, folded: GraphNet, images: torch.Tensor) -> GraphNet:
    """The same network with batch normalisation, as it is trained; statistics are those of `images` (uint8 [B, H, W, 3])."""
    model = load_prepared(path)
    cut_at_heads(model)
    net = GraphNet(model, normalised=True)
    net.unfold(folded, normalise(images))
    return net


def without_normalisation(path: str | Path, net: GraphNet) -> GraphNet:
    """The same network with normalisation folded into its convolutions, as it is exported."""
    folded = build(path)
    net.fold_into(folded)
    return folded


def from_checkpoint(path: str | Path, checkpoint: str | Path) -> GraphNet:
    """The averaged network of a checkpoint of `train`, normalisation folded."""
    average = torch.load(checkpoint, map_location="cpu", weights_only=False)["average"]
    net = with_normalisation(path, build(path), torch.zeros(1, 64, 64, 3, dtype=torch.uint8))
    net.load_state_dict(average)
    return without_normalisation(path, net)


def normalise(images: torch.Tensor) -> torch.Tensor:
    """uint8 RGB [B, H, W, 3] -> float32 [B, 3, H, W] (channels-last memory), as the weights expect it."""
    mean = torch.tensor(MEAN, device=images.device)
    std = torch.tensor(STD, device=images.device)
    return ((images.float() - mean) / std).permute(0, 3, 1, 2)


def anchor_points(height: int, width: int, device: torch.device | str = "cpu") -> tuple[torch.Tensor, torch.Tensor]:
    """Centres [A, 2] in pixels and strides [A, 1] of all cells, finest scale first."""
    points, strides = [], []
    for stride in STRIDES:
        h, w = -(-height // stride), -(-width // stride)
        y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
        points.append((torch.stack([x, y], -1).reshape(-1, 2).float() + 0.5) * stride)
        strides.append(torch.full((h * w, 1), float(stride)))
    return torch.cat(points).to(device), torch.cat(strides).to(device)


def flatten_heads(maps: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Head maps -> class logits [B, A, C] and box logits [B, A, 4, 8]."""
    flat = torch.cat([m.flatten(2) for m in maps], 2).transpose(1, 2)
    logits, distribution = flat.split([flat.shape[2] - HEAD_BOX_CHANNELS, HEAD_BOX_CHANNELS], 2)
    return logits, distribution.unflatten(2, (4, BINS))


def decode_boxes(distribution: torch.Tensor, points: torch.Tensor, strides: torch.Tensor) -> torch.Tensor:
    """Box logits [B, A, 4, 8] -> xyxy pixels [B, A, 4]: expectation of each side's distance (GFL, arXiv:2006.04388)."""
    bins = torch.arange(BINS, dtype=distribution.dtype, device=distribution.device)
    sides = (distribution.softmax(-1) * bins).sum(-1) * strides
    return torch.cat([points - sides[..., :2], points + sides[..., 2:]], -1)
