#!/usr/bin/env bash
# Guess: onnx's converter of versions keeps what a model computes; where it cannot, it raises.
# What happens: `Resize` of version 10 and `Upsample` of version 9 place output cell i at i/scale. From 11 on the operator can place cells in several ways, and without an
#   attribute it takes their centres. The converter adds no attribute, so a linear enlargement moves by (scale-1)/2 cells: the peak of a map of 17 × 17 that is
#   made 16 times larger, by 7.5 of 272. The checker finds nothing. ONNX Runtime and OpenVINO agree, before and after; OpenCV 5 takes the centres in both.
# Versions: onnx 1.23.2, onnxruntime 1.32.0, openvino 2026.4.1, opencv-python-headless 5.0.0.93, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever brings an older tracker to a newer version, as quantisers and compilers ask for: boxes move to the lower right, by nearly half a cell
#   of the score map per step. And whoever compares such a model in OpenCV with the one in ONNX Runtime.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check onnx==1.23.2 onnxruntime==1.32.0 openvino==2026.4.1 opencv-python-headless==5.0.0.93 numpy==2.4.6 sympy==1.14.0
v/bin/python - <<'EOF'
import sys

import cv2
import numpy as np
import onnx
import onnxruntime as ort
import openvino as ov
from onnx import helper as h
from onnx import version_converter

ort.set_default_logger_severity(4)
n, s, u = 17, 16, np.arange(17)
score = np.exp(-((u[:, None]-8)**2+(u-8)**2)/8).astype(np.float32)[None, None] # a peak in the middle


def enlarge(op, version):
    made = h.make_graph([h.make_node(op, ["v", "s"], ["y"], mode="linear")], "g", [h.make_tensor_value_info("v", 1, score.shape)],
                        [h.make_tensor_value_info("y", 1, [1, 1, n*s, n*s])], [onnx.numpy_helper.from_array(np.array([1, 1, s, s], np.float32), "s")])
    return h.make_model(made, opset_imports=[h.make_opsetid("", version)], ir_version=8)


def middle(y): y = y[0, 0]; return round(float((y.sum(0)*np.arange(y.shape[1])).sum()/y.sum()), 1)


def in_ort(m): return middle(ort.InferenceSession(m.SerializeToString()).run(None, dict(v=score))[0])


def in_openvino(m): return middle(ov.Core().compile_model(ov.Core().read_model(m.SerializeToString()), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(score)[0])


def in_opencv(m): net = cv2.dnn.readNetFromONNX(np.frombuffer(m.SerializeToString(), np.uint8)); net.setInput(score); return middle(net.forward())


seen = []
print(f"onnx {onnx.__version__}: where the peak of a {n} × {n} map is after an enlargement to {n*s} × {n*s}")
for op, version in (("Upsample", 9), ("Resize", 10)):
    model = enlarge(op, version)
    for to in (10, 11, 17):
        new = version_converter.convert_version(model, to) if to > version else model
        onnx.checker.check_model(new, full_check=True)
        node = new.graph.node[-1]; at = {f.__name__[3:]: f(new) for f in (in_ort, in_openvino, in_opencv)}
        print(f"{op} {version}, as version {to}: {node.op_type} with {', '.join(a.name for a in node.attribute)};", ", ".join(f"{k} {v}" for k, v in at.items()))
        seen.append((to, at["ort"], at["openvino"]))
if any((a, b) != ((128., 128.) if to < 11 else (135.5, 135.5)) for to, a, b in seen): sys.exit("versions are converted otherwise now")
EOF
