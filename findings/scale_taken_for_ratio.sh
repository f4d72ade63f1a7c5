#!/usr/bin/env bash
# Guess: an ONNX `Resize` by a scale means the same in every program that opens the file.
# What happens: where the scaled size is no whole number, it is cut down: 17 cells, 1.75 times larger, are 29 and not 29.75. The reference of ONNX, ONNX Runtime and OpenVINO place
#   the cells by the scale, 1.75; OpenCV 5 by the sizes, 29/17. A peak at three quarters of a map moves by a third to .7 of a cell of the larger one. Where the scaled size is
#   whole, or with sizes in place of the scale, all agree.
# Versions: onnx 1.23.2, onnxruntime 1.32.0, openvino 2026.4.1, opencv-python-headless 5.0.0.93, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever runs a network that resizes by a scale on inputs of several sizes: boxes are off by up to a cell, more to the right and below, and only for some sizes.
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
from onnx.reference import ReferenceEvaluator

core = ov.Core()


def model(n, scale, by_scale):
    m = int(n*scale); ins, to = (["v", "", "to"], np.array([1, 1, scale, scale], np.float32)) if by_scale else (["v", "", "", "to"], np.array([1, 1, m, m]))
    g = h.make_graph([h.make_node("Resize", ins, ["y"], mode="linear")], "g", [h.make_tensor_value_info("v", 1, [1, 1, n, n])],
                     [h.make_tensor_value_info("y", 1, [1, 1, m, m])], [onnx.numpy_helper.from_array(to, "to")])
    return h.make_model(g, opset_imports=[h.make_opsetid("", 18)], ir_version=8)


def score(n): u = np.arange(n); p = n*.75; return np.exp(-((u[:, None]-n/2)**2+(u-p)**2)/4).astype(np.float32)[None, None]


def middle(y): y = np.asarray(y)[0, 0]; return round(float((y.sum(0)*np.arange(y.shape[1])).sum()/y.sum()), 1)


def by_opencv(m, v): net = cv2.dnn.readNetFromONNX(np.frombuffer(m, np.uint8)); net.setInput(v); return net.forward()


programs = {"the reference": lambda m, v: ReferenceEvaluator(onnx.load_from_string(m)).run(None, dict(v=v))[0],
            "ONNX Runtime": lambda m, v: ort.InferenceSession(m).run(None, dict(v=v))[0],
            "OpenVINO": lambda m, v: core.compile_model(core.read_model(m), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(v)[0], f"OpenCV {cv2.__version__}": by_opencv}
seen = []
for n, scale in ((16, 1.75), (17, 1.75), (17, 2.9375), (31, 2.53125), (512, 2.24)):
    for by_scale in (True, False):
        m = model(n, scale, by_scale).SerializeToString(); at = {k: middle(f(m, score(n))) for k, f in programs.items()}; *rest, cv = at.values()
        print(f"{n} cells, {scale:g} times larger, {'by the scale' if by_scale else 'by sizes'}, {int(n*scale)} cells: the peak is at", ", ".join(f"{v} ({k})" for k, v in at.items()))
        seen.append(max(rest)-min(rest) < .15 and (abs(cv-rest[0]) > .2) == (by_scale and n*scale != int(n*scale)))
if not all(seen): sys.exit("cells are placed otherwise now")
EOF
