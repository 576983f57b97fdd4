"""Reads an ONNX detector and runs its graph as a trainable torch module; writes trained tensors back."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import nn

HEAD_BOX_CHANNELS = 32  # 4 sides x 8 bins of the box distribution
NORM_MOMENTUM = 0.03  # of the running statistics, per step
SMALLEST_DEVIATION = 1e-3  # of a channel, so that one that never fires is not blown up


def attributes(node: onnx.NodeProto) -> dict:
    """The attributes of one ONNX node as plain Python values."""
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def load_prepared(path: str | Path) -> onnx.ModelProto:
    """Loads an ONNX file with weights as constants and the four nodes of hard-swish fused into one.

    PicoDet as exported lists its weights among the graph inputs and spells hard-swish
    `x * clip(x + 3, 0, 6) / 6`; both keep a runtime from folding and fusing.
    """
    model = onnx.load(str(path))
    graph = model.graph
    initial = {i.name for i in graph.initializer}
    for stale in [i for i in graph.input if i.name in initial]:
        graph.input.remove(stale)
    for node in [n for n in graph.node if n.op_type == "Constant"]:
        tensor = numpy_helper.from_array(numpy_helper.to_array(node.attribute[0].t), node.output[0])
        graph.initializer.append(tensor)
        graph.node.remove(node)
    _fuse_hard_swish(graph)
    return model


def _fuse_hard_swish(graph: onnx.GraphProto) -> int:
    made_by = {o: n for n in graph.node for o in n.output}
    replaced: dict[str, onnx.NodeProto] = {}
    dropped: set[str] = set()
    for div in [n for n in graph.node if n.op_type == "Div"]:
        mul = made_by.get(div.input[0])
        if mul is None or mul.op_type != "Mul":
            continue
        for x, gate in (tuple(mul.input), tuple(mul.input)[::-1]):
            clip = made_by.get(gate)
            add = made_by.get(clip.input[0]) if clip is not None and clip.op_type == "Clip" else None
            if add is None or add.op_type != "Add" or x not in add.input:
                continue
            replaced[div.output[0]] = onnx.helper.make_node("HardSwish", [x], [div.output[0]])
            dropped.update(n.output[0] for n in (add, clip, mul))
            break
    nodes = [replaced.get(n.output[0], n) for n in graph.node if n.output[0] not in dropped]
    del graph.node[:]
    graph.node.extend(nodes)
    return len(replaced)


def cut_at_heads(model: onnx.ModelProto) -> list[str]:
    """Ends the graph at the last convolution of each scale; returns their output names, finest first.

    PicoDet's head is one 1x1 convolution per scale whose channels are split into class
    logits and box distribution; everything after it is decoding, which we do ourselves.
    """
    graph = model.graph
    sigmoid_inputs = {n.input[0] for n in graph.node if n.op_type == "Sigmoid"}
    heads = [
        n.input[0]
        for n in graph.node
        if n.op_type == "Split" and n.output[0] in sigmoid_inputs
    ]
    if len(heads) != 4:
        raise ValueError(f"not a PicoDet graph: {len(heads)} heads found, 4 expected")
    made_by = {o: n for n in graph.node for o in n.output}
    keep: set[int] = set()
    todo = list(heads)
    while todo:
        node = made_by.get(todo.pop())
        if node is not None and id(node) not in keep:
            keep.add(id(node))
            todo.extend(node.input)
    nodes = [n for n in graph.node if id(n) in keep]
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.output[:]
    for name in heads:
        graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    return heads


def fix_canvas(model: onnx.ModelProto, width: int, height: int) -> None:
    """Sets the input to [1, 3, height, width] (multiples of 32) and the channel shuffles' shapes with it."""
    graph = model.graph
    dims = graph.input[0].type.tensor_type.shape.dim
    old_h, old_w = dims[2].dim_value, dims[3].dim_value
    dims[2].dim_value, dims[3].dim_value = height, width
    shapes = {n.input[1] for n in graph.node if n.op_type == "Reshape"}
    for tensor in [i for i in graph.initializer if i.name in shapes]:
        shape = numpy_helper.to_array(tensor).copy()
        if len(shape) >= 4:
            shape[-2:] = shape[-2] * height // old_h, shape[-1] * width // old_w
            tensor.CopyFrom(numpy_helper.from_array(shape, tensor.name))
    for node in [n for n in graph.node if n.op_type == "Split"]:
        for attribute in [a for a in node.attribute if a.name == "split"]:
            name = f"{node.output[0]}_sizes"
            graph.initializer.append(numpy_helper.from_array(np.array(attribute.ints, np.int64), name))
            node.attribute.remove(attribute)
            node.input.append(name)
    del graph.value_info[:]
    model.opset_import[0].version = 17
    model.ir_version = 8


def _identifier(name: str) -> str:
    return "t_" + re.sub(r"\W", "_", name)


class Normalisation(nn.BatchNorm2d):
    """Batch normalisation (arXiv:1502.03167) that can take the place of a bias without changing what the network computes."""

    def __init__(self, channels: int):
        super().__init__(channels, momentum=NORM_MOMENTUM)
        self.replaces: tuple[nn.Parameter, torch.Tensor] | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x) if self.replaces is None else self._settle(x, *self.replaces)

    @torch.no_grad()
    def _settle(self, x: torch.Tensor, weight: nn.Parameter, bias: torch.Tensor) -> torch.Tensor:
        """From what the convolution gives on some pictures: its weights scaled to unit deviation, the scale and `bias` kept here."""
        mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
        scale = variance.sqrt().clamp(min=SMALLEST_DEVIATION)
        weight /= scale[:, None, None, None]
        self.running_mean.copy_(mean / scale)
        self.running_var.copy_(variance / scale.square())
        self.weight.copy_((self.running_var + self.eps).sqrt() * scale)
        self.bias.copy_(bias + mean)
        return x + bias[:, None, None]


class GraphNet(nn.Module):
    """The body of an ONNX graph as straight-line torch code, with convolution weights as parameters.

    Input: float32 [B, 3, H, W], normalised, H and W multiples of 64.
    Output: per scale (strides 8, 16, 32, 64) the raw head map [B, classes + 32, h, w].

    `normalised` puts a batch normalisation where each convolution but those of the heads and of pooled values has its
    bias: published graphs have theirs folded away, and without it training is several times slower (see README.md).
    """

    def __init__(self, model: onnx.ModelProto, normalised: bool = False):
        super().__init__()
        self.heads = [o.name for o in model.graph.output]
        self.tensor_names: dict[str, str] = {}
        self.norms: dict[str, tuple[str, str]] = {}  # module -> its convolution's weight, its bias
        self._normalised = normalised
        self._pooled: set[str] = set()
        constants = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
        self._lines: list[str] = []
        nodes = list(model.graph.node)
        skip: set[int] = set()
        for k, node in enumerate(nodes):
            if k in skip:
                continue
            if node.op_type == "Reshape" and k + 2 < len(nodes):
                groups = _channel_shuffle_groups(nodes[k : k + 3], constants)
                if groups:
                    self._emit(nodes[k + 2].output[0], f"_shuffle({_identifier(node.input[0])}, {groups})")
                    skip.update((k + 1, k + 2))
                    continue
            self._translate(node, constants)
        source = "\n    ".join(
            [f"def body(self, {_identifier(model.graph.input[0].name)}):", *self._lines,
             f"return [{', '.join(_identifier(h) for h in self.heads)}]"]
        )
        scope: dict = {"torch": torch, "F": F, "_shuffle": _shuffle}
        exec(compile(source, "<onnx graph>", "exec"), scope)  # our own generated text, no outside input
        self._body = scope["body"]

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        return self._body(self, x)

    def _emit(self, output: str, expression: str) -> None:
        self._lines.append(f"{_identifier(output)} = {expression}")

    def _parameter(self, name: str, constants: dict) -> str:
        key = _identifier(name)
        if key not in self._parameters:
            self.register_parameter(key, nn.Parameter(torch.from_numpy(np.array(constants[name], np.float32))))
            self.tensor_names[key] = name
        return f"self.{key}"

    def _convolution(self, node: onnx.NodeProto, constants: dict) -> None:
        a = attributes(node)
        weight = self._parameter(node.input[1], constants)
        norm = self._normalised and node.output[0] not in self._pooled and node.output[0] not in self.heads
        bias = None if norm else self._parameter(node.input[2], constants)
        call = (
            f"F.conv2d({_identifier(node.input[0])}, {weight}, {bias}, stride={tuple(a.get('strides', (1, 1)))}, "
            f"padding={tuple(a.get('pads', (0, 0))[:2])}, groups={a.get('group', 1)})"
        )
        if norm:
            module = f"norm_{_identifier(node.input[2])}"
            self.norms[module] = _identifier(node.input[1]), _identifier(node.input[2])
            self.add_module(module, Normalisation(len(constants[node.input[2]])))
            call = f"self.{module}({call})"
        self._emit(node.output[0], call)

    @torch.no_grad()
    def unfold(self, folded: GraphNet, images: torch.Tensor) -> None:
        """Takes over the weights of a network without normalisation; statistics are those of `images` [B, 3, H, W], normalised."""
        for key in self.tensor_names:
            setattr(self, key, nn.Parameter(getattr(folded, key).detach().clone()))
        for module, (weight, bias) in self.norms.items():
            getattr(self, module).replaces = getattr(self, weight), getattr(folded, bias).detach()
        self(images)
        for module in self.norms:
            getattr(self, module).replaces = None

    @torch.no_grad()
    def fold_into(self, folded: GraphNet) -> None:
        """Writes the weights, normalisation folded into the convolutions, to a network without it."""
        for key in self.tensor_names:
            setattr(folded, key, nn.Parameter(getattr(self, key).detach().clone()))
        for module, (weight, bias) in self.norms.items():
            norm = getattr(self, module)
            scale = norm.weight / (norm.running_var + norm.eps).sqrt()
            getattr(folded, weight).mul_(scale[:, None, None, None])
            getattr(folded, bias).copy_(norm.bias - norm.running_mean * scale)

    def _translate(self, node: onnx.NodeProto, constants: dict) -> None:
        a = attributes(node)
        if node.op_type == "GlobalAveragePool" or node.input[0] in self._pooled and node.op_type in ("Conv", "Relu"):
            self._pooled.add(node.output[0])
        if node.op_type == "Conv":
            self._convolution(node, constants)
            return
        inputs = [_identifier(i) for i in node.input]
        if node.op_type == "Split":
            sizes = a.get("split") or constants[node.input[1]].tolist()
            names = ", ".join(_identifier(o) for o in node.output)
            self._lines.append(f"{names} = torch.split({inputs[0]}, {list(sizes)}, {a['axis']})")
            return
        pool = a.get("kernel_shape", [0])[0]
        simple = {
            "HardSwish": lambda: f"F.hardswish({inputs[0]})",
            "Relu": lambda: f"F.relu({inputs[0]})",
            "Add": lambda: f"{inputs[0]} + {inputs[1]}",
            "Mul": lambda: f"{inputs[0]} * {inputs[1]}",
            "HardSigmoid": lambda: f"torch.clamp({inputs[0]} * {a.get('alpha', 0.2)} + {a.get('beta', 0.5)}, 0, 1)",
            "Concat": lambda: f"torch.cat([{', '.join(inputs)}], {a['axis']})",
            "GlobalAveragePool": lambda: f"{inputs[0]}.mean((2, 3), keepdim=True)",
            "Resize": lambda: f"F.interpolate({inputs[0]}, scale_factor=2.0, mode='nearest')",
            "MaxPool": lambda: f"F.max_pool2d({inputs[0]}, {pool}, {a['strides'][0]}, padding={a['pads'][0]})",
        }
        if node.op_type not in simple:
            raise NotImplementedError(f"operator {node.op_type} of node {node.name or node.output[0]}")
        self._emit(node.output[0], simple[node.op_type]())


def _shuffle(x: torch.Tensor, groups: int) -> torch.Tensor:
    b, c, h, w = x.shape
    return x.reshape(b, groups, c // groups, h, w).transpose(1, 2).reshape(b, c, h, w)


def _channel_shuffle_groups(nodes: list[onnx.NodeProto], constants: dict) -> int:
    kinds = [n.op_type for n in nodes]
    if kinds != ["Reshape", "Transpose", "Reshape"] or attributes(nodes[1])["perm"] != [0, 2, 1, 3, 4]:
        return 0
    return int(constants[nodes[0].input[1]][1])
