#!/usr/bin/env bash
# Guess: in a convolution with 8-bit filters (QDQ), the step of a filter that is all zeros is of no account: any number times zero is zero.
# What happens: ONNX Runtime fuses the layer into QLinearConv only if the step of every bias is the step of the images times that of its filter. Where one
#   empty filter has another step, the whole layer is computed in 32 bits, four times as slowly, to the same numbers and without a word.
# Versions: onnxruntime 1.32.0, onnx 1.23.2, numpy 2.4.6, Python 3.11; seen 2026-11-30.
# Who is hurt: whoever prunes filters, fills groups with empty ones, or computes steps anew beside biases that are there.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check numpy==2.4.6 onnx==1.23.2 onnxruntime==1.32.0
v/bin/python - <<'EOF'
import statistics
import sys
import time

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper

def layer(empty):
    "A 5×5 convolution of 64 filters, the last of them zeros with the step `empty`; the steps of the biases are those of a step of 1"
    rng = np.random.default_rng(0)
    w = rng.integers(-64, 65, (64, 32, 5, 5)).astype(np.int8)
    w[-1] = 0
    steps = np.full(64, .002, np.float32)
    bias_steps = np.float32(.02)*np.where(np.arange(64) < 63, steps, 1).astype(np.float32)
    steps[-1] = empty
    data = dict(w=w, ws=steps, wz=np.zeros(64, np.int8), b=np.zeros(64, np.int32), bs=bias_steps, bz=np.zeros(64, np.int32),
                xs=np.float32(.02), xz=np.uint8(0), ys=np.float32(.5), yz=np.uint8(0))
    nodes = [h.make_node("QuantizeLinear", ["x", "xs", "xz"], ["xq"]), h.make_node("DequantizeLinear", ["xq", "xs", "xz"], ["xf"]),
             h.make_node("DequantizeLinear", ["w", "ws", "wz"], ["wf"], axis=0), h.make_node("DequantizeLinear", ["b", "bs", "bz"], ["bf"], axis=0),
             h.make_node("Conv", ["xf", "wf", "bf"], ["c"]), h.make_node("QuantizeLinear", ["c", "ys", "yz"], ["cq"]),
             h.make_node("DequantizeLinear", ["cq", "ys", "yz"], ["y"])]
    graph = h.make_graph(nodes, "layer", [h.make_tensor_value_info("x", T.FLOAT, [1, 32, 61, 61])], [h.make_tensor_value_info("y", T.FLOAT, None)],
                         [numpy_helper.from_array(np.asarray(a), k) for k, a in data.items()])
    return h.make_model(graph, opset_imports=[h.make_opsetid("", 18)], ir_version=10)

def seen(empty):
    o = ort.SessionOptions()
    o.intra_op_num_threads, o.log_severity_level, o.optimized_model_filepath = 1, 3, f"{empty}.onnx"
    s = ort.InferenceSession(layer(empty).SerializeToString(), o, providers=["CPUExecutionProvider"])
    x, spent = np.random.default_rng(1).random((1, 32, 61, 61), np.float32)*5, []
    for _ in range(30):
        t = time.perf_counter()
        y = s.run(None, {"x": x})[0]
        spent.append(time.perf_counter()-t)
    kinds = {n.op_type for n in onnx.load(f"{empty}.onnx").graph.node}
    return next(k for k in ("QLinearConv", "FusedConv", "Conv") if k in kinds), y, statistics.median(spent[5:])*1e3

print("onnxruntime", ort.__version__, "onnx", onnx.__version__)
found = {k: seen(k) for k in (1., .002)}
for k, (kind, y, ms) in found.items(): print(f"step of the empty filter {k}: {kind}, {ms:.2f} ms, its outputs {np.unique(y[0, -1])}")
same = abs(found[1.][1]-found[.002][1]).max()
print(f"outputs differ by at most {same:.2f}, a step is .5")
sys.exit(not (found[1.][0] == "QLinearConv" and found[.002][0] != "QLinearConv" and same <= .5))
EOF
