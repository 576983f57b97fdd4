"""`batch`: what a larger batch costs for each picture, to decide whether one pays."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper


def widen(model: onnx.ModelProto, batch: int) -> onnx.ModelProto:
    """The same exported graph for `batch` pictures at a time."""
    wide = onnx.ModelProto()
    wide.CopyFrom(model)
    del wide.graph.value_info[:]
    for value in [*wide.graph.input, *wide.graph.output]:
        value.type.tensor_type.shape.dim[0].dim_value = batch
    targets = {node.input[1] for node in wide.graph.node if node.op_type == "Reshape"}
    for tensor in wide.graph.initializer:
        if tensor.name in targets:
            shape = numpy_helper.to_array(tensor).copy()
            shape[0] = batch
            tensor.CopyFrom(numpy_helper.from_array(shape, tensor.name))
    return wide


def measure(path: Path, batches: list[int], rounds: int = 40) -> dict[int, float]:
    """Milliseconds for each picture, best of `rounds` taken in turns, one core; prints a line for each batch."""
    model = onnx.load(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    rng = np.random.default_rng(0)
    runs = {}
    for batch in batches:
        session = onnxruntime.InferenceSession(widen(model, batch).SerializeToString(), options, providers=["CPUExecutionProvider"])
        _, height, width, _ = session.get_inputs()[0].shape
        runs[batch] = (session, {"image": rng.integers(0, 256, (batch, height, width, 3), np.uint8)})
    best = dict.fromkeys(batches, float("inf"))
    for _ in range(rounds):
        for batch, (session, feed) in runs.items():
            began = time.perf_counter()
            session.run(None, feed)
            best[batch] = min(best[batch], (time.perf_counter() - began) * 1000 / batch)
    for batch, milliseconds in best.items():
        print(f"batch {batch}: {milliseconds:.2f} ms a picture, {milliseconds / best[batches[0]]:.2f} of batch {batches[0]}")
    return best
