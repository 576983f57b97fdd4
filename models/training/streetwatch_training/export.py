"""`export`: trained tensors back into the ONNX graph, with uint8 pixels in and decoded boxes and scores out."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from . import graph, network
from .classes import CLASSES

FAMILY = "boxes-scores"


class _Builder:
    """Appends nodes and constants to a graph."""

    def __init__(self, target: onnx.GraphProto):
        self.graph = target

    def constant(self, name: str, value: np.ndarray) -> str:
        self.graph.initializer.append(numpy_helper.from_array(value, name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes) -> str:
        self.graph.node.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output


def _write_back(model: onnx.ModelProto, net: graph.GraphNet) -> None:
    trained = {name: getattr(net, key).detach().cpu().numpy() for key, name in net.tensor_names.items()}
    for tensor in model.graph.initializer:
        if tensor.name in trained:
            tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(trained[tensor.name]), tensor.name))


def _image_input(model: onnx.ModelProto, width: int, height: int) -> None:
    """uint8 [1, H, W, 3] in. The division by the standard deviation moves into the first convolution;

    the mean is still subtracted, since the zero padding of that convolution stands for the mean colour.
    """
    target = model.graph
    old = target.input[0].name
    first = next(n for n in target.node if old in n.input)
    for tensor in target.initializer:
        if tensor.name == first.input[1]:
            weight = numpy_helper.to_array(tensor) / np.array(network.STD, np.float32)[None, :, None, None]
            tensor.CopyFrom(numpy_helper.from_array(weight.astype(np.float32), tensor.name))
    del target.input[:]
    target.input.append(helper.make_tensor_value_info("image", TensorProto.UINT8, [1, height, width, 3]))
    body = list(target.node)
    del target.node[:]
    build = _Builder(target)
    build.node("Transpose", ["image"], "image_planes", perm=[0, 3, 1, 2])
    build.node("Cast", ["image_planes"], "image_float", to=TensorProto.FLOAT)
    mean = build.constant("image_mean", np.array(network.MEAN, np.float32).reshape(1, 3, 1, 1))
    build.node("Sub", ["image_float", mean], "image_centred")
    for node in body:
        node.input[:] = ["image_centred" if i == old else i for i in node.input]
    target.node.extend(body)


def _decoded_outputs(model: onnx.ModelProto, heads: list[str], width: int, height: int) -> None:
    target, count = model.graph, len(CLASSES)
    build = _Builder(target)
    channels = count + graph.HEAD_BOX_CHANNELS
    flat = build.constant("decode_flat", np.array([1, channels, -1], np.int64))
    parts = [build.node("Reshape", [head, flat], f"decode_scale_{k}") for k, head in enumerate(heads)]
    build.node("Concat", parts, "decode_all", axis=2)
    build.node("Transpose", ["decode_all"], "decode_cells", perm=[0, 2, 1])
    sizes = build.constant("decode_sizes", np.array([count, graph.HEAD_BOX_CHANNELS], np.int64))
    target.node.append(helper.make_node("Split", ["decode_cells", sizes], ["decode_logits", "decode_sides"], axis=2))
    build.node("Sigmoid", ["decode_logits"], "scores")
    points, strides = (v.numpy() for v in network.anchor_points(height, width))
    cells = len(points)
    bins = build.constant("decode_bins_shape", np.array([1, cells, 4, network.BINS], np.int64))
    build.node("Reshape", ["decode_sides", bins], "decode_bins")
    build.node("Softmax", ["decode_bins"], "decode_shares", axis=3)
    expected = build.constant("decode_values", np.arange(network.BINS, dtype=np.float32).reshape(network.BINS, 1))
    build.node("MatMul", ["decode_shares", expected], "decode_expected")
    four = build.constant("decode_four", np.array([1, cells, 4], np.int64))
    build.node("Reshape", ["decode_expected", four], "decode_distance")
    signs = build.constant("decode_strides", (strides * np.array([[-1, -1, 1, 1]])).astype(np.float32)[None])
    build.node("Mul", ["decode_distance", signs], "decode_offset")
    centres = build.constant("decode_centres", np.tile(points, 2).astype(np.float32)[None])
    build.node("Add", ["decode_offset", centres], "boxes")
    del target.output[:]
    target.output.append(helper.make_tensor_value_info("boxes", TensorProto.FLOAT, [1, cells, 4]))
    target.output.append(helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, cells, count]))


def _simplify_doubling(target: onnx.GraphProto) -> None:
    """Nearest-neighbour doubling from corners: the same pixels as half-pixel centres, but in the runtime's fast layout."""
    for node in [n for n in target.node if n.op_type == "Resize"]:
        values = {i.name: numpy_helper.to_array(i).tolist() for i in target.initializer}
        if values.get(node.input[2]) != [1, 1, 2, 2]:
            raise ValueError(f"{node.output[0]}: only doubling is known")
        node.input[1] = ""
        del node.attribute[:]
        node.attribute.extend([
            helper.make_attribute("mode", "nearest"),
            helper.make_attribute("coordinate_transformation_mode", "asymmetric"),
            helper.make_attribute("nearest_mode", "floor"),
        ])


def _drop_unused(target: onnx.GraphProto) -> None:
    used = {i for n in target.node for i in n.input}
    kept = [i for i in target.initializer if i.name in used]
    del target.initializer[:]
    target.initializer.extend(kept)


def build_model(start: Path, net: graph.GraphNet, width: int, height: int, note: dict[str, str]) -> onnx.ModelProto:
    """The whole ONNX model for one canvas (multiples of 32): `image` in, `boxes` and `scores` out."""
    if width % 32 or height % 32:
        raise ValueError(f"canvas {width}x{height}: both sides must be multiples of 32")
    model = graph.load_prepared(start)
    heads = graph.cut_at_heads(model)
    graph.fix_canvas(model, width, height)
    _write_back(model, net)
    _image_input(model, width, height)
    _decoded_outputs(model, heads, width, height)
    _simplify_doubling(model.graph)
    _drop_unused(model.graph)
    facts = {"classes": json.dumps(CLASSES), "family": FAMILY, "resize": "letterbox-top-left", "pad": str(network.PAD_VALUE),
             "licence": "Apache-2.0"} | note
    for key, value in facts.items():
        model.metadata_props.add(key=key, value=value)
    model.producer_name = "streetwatch"
    model.doc_string = ""
    model.graph.name = "streetwatch"
    onnx.checker.check_model(model)
    return model


def check_same(model: onnx.ModelProto, net: graph.GraphNet, seed: int = 0) -> float:
    """Largest difference between onnxruntime and torch on random pixels, of scores (absolute) and boxes (in canvas widths)."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    _, height, width, _ = session.get_inputs()[0].shape
    pixels = np.random.default_rng(seed).integers(0, 256, (1, height, width, 3), np.uint8)
    boxes, scores = session.run(["boxes", "scores"], {"image": pixels})
    with torch.no_grad():
        logits, distribution = network.flatten_heads(net(network.normalise(torch.from_numpy(pixels))))
        points, strides = network.anchor_points(height, width)
        expected = network.decode_boxes(distribution, points, strides).numpy()
    return float(max(abs(scores - logits.sigmoid().numpy()).max(), abs(boxes - expected).max() / width))


def export(start: Path, checkpoint: Path, out: Path, width: int, height: int, note: dict[str, str] | None = None) -> str:
    """Writes one operating point; returns its sha256. Fails when onnxruntime and torch disagree by more than 1e-4."""
    net = network.from_checkpoint(start, checkpoint).eval()
    model = build_model(start, net, width, height, note or {})
    difference = check_same(model, net)
    if difference > 1e-4:
        raise RuntimeError(f"exported graph differs from the trained network by {difference:.2e}")
    data = model.SerializeToString(deterministic=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    print(f"{out}: {len(data) / 1e6:.2f} MB, {width}x{height}, differs by {difference:.1e}, sha256 {digest}")
    return digest
