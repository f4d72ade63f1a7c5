#!/usr/bin/env bash
# Guess: an ONNX `Resize` of a picture in 8 bits is that of the same picture in floats, rounded; a white picture stays white.
# What happens: ONNX Runtime cuts what it has interpolated linearly, so a picture is half a grey level darker than the same in floats, on average, and each further resize takes as much again: after four, two levels.
#   Weights that do not quite add up to 1 make a white picture of 48 by 48 partly 254 at 127 by 127; at 96 it stays white. OpenVINO rounds: no shift. The operator's text says how to interpolate, and not how
#   to make whole numbers of it.
# Versions: onnxruntime 1.32.0, openvino 2026.4.1, onnx 1.23.2, numpy 2.4.6, opencv-python-headless 5.0.0.93; seen 2026-11-30.
# Who is hurt: whoever puts the preprocessing into the graph, bytes in: crops are darker than those that the network was trained on, more so in pyramids; and
#   masks of 0 and 255 that are compared with 255 get holes.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check onnxruntime==1.32.0 openvino==2026.4.1 onnx==1.23.2 numpy==2.4.6 opencv-python-headless==5.0.0.93
v/bin/python -W ignore - <<'EOF'
import sys

import cv2
import numpy as np
import onnxruntime
import openvino
from onnx import TensorProto, helper, numpy_helper

noise = np.random.default_rng(0).integers(0, 256, (96, 96), dtype=np.uint8)
picture = cv2.GaussianBlur(noise, (0, 0), 2)[None, None]
white = np.full((1, 1, 48, 48), 255, np.uint8)


def graph(kind, sizes, start):
    """Build a model of linear resizes, one after the other."""
    shapes = [[1, 1, s, s] for s in [start, *sizes]]; ends = [helper.make_tensor_value_info(f"x{k}", kind, shapes[k]) for k in (0, len(sizes))]
    nodes = [helper.make_node("Resize", [f"x{k}", "", "", f"s{k+1}"], [f"x{k+1}"], mode="linear") for k in range(len(sizes))]
    g = helper.make_graph(nodes, "g", ends[:1], ends[1:], [numpy_helper.from_array(np.array(s, np.int64), f"s{k}") for k, s in enumerate(shapes) if k])
    return helper.make_model(g, opset_imports=[helper.make_opsetid("", 18)], ir_version=10).SerializeToString()


def runtime(model, x): return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]).run(None, {"x0": x})[0]


def vino(model, x): return np.array(openvino.compile_model(openvino.Core().read_model(model), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(x)[0])


def shift(run, sizes):
    """Return how much brighter bytes come out than floats, on average, in grey levels."""
    a, b = (run(graph(k, sizes, 96), picture.astype(t)).astype(float) for k, t in ((TensorProto.UINT8, np.uint8), (TensorProto.FLOAT, np.float32)))
    return round(float((a-b).mean()), 2)


print("ONNX Runtime", onnxruntime.__version__, "· OpenVINO", openvino.__version__)
seen = {}
for name, run in (("ONNX Runtime", runtime), ("OpenVINO", vino)):
    one, four = shift(run, [127]), shift(run, [127, 85, 113, 151])
    seen[name] = one, four, *(int(run(graph(TensorProto.UINT8, [s], 48), white).min()) for s in (96, 127))
    print(f"{name}: bytes are brighter than floats by {one} grey levels after one resize, by {four} after four; the darkest pixel of white is {seen[name][2]} at 96 by 96, {seen[name][3]} at 127 by 127")
a, b = seen.values()
if not (-.55 < a[0] < -.45 and a[1] < -1.5 and a[2:] == (255, 254) and abs(b[0]) < .05 and abs(b[1]) < .1 and b[2:] == (255, 255)): sys.exit("bytes are resized otherwise now")
EOF
