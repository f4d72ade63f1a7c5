#!/usr/bin/env bash
# Guess: a program that cannot do what an attribute of ONNX asks for refuses the file.
# What happens: `Resize` has had `antialias` since version 18, which smooths what is made smaller. ONNX Runtime does so, as ONNX's definition says; OpenVINO and OpenCV 5 open the
#   file, say nothing, and leave it out: stripes two pixels wide, four times smaller, are grey with it, and white without. OpenVINO leaves out
#   `exclude_outside`, too, by which the cells at the edge change; OpenCV has that one.
# Versions: onnx 1.23.2, onnxruntime 1.32.0, openvino 2026.4.1, opencv-python-headless 5.0.0.93, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever puts the resizing of frames or crops into the network's file, to have it alike everywhere: a large target gets other crops
#   on each runtime, and other scores.
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

core, rng = ov.Core(), np.random.default_rng(0)
noise = rng.uniform(0, 255, (1, 1, 64, 64)).astype(np.float32)
stripes = np.tile(255*((np.arange(64)+1)//2 % 2), (64, 1)).astype(np.float32)[None, None]


def model(m, **kw):
    g = h.make_graph([h.make_node("Resize", ["v", "", "", "to"], ["y"], **kw)], "g", [h.make_tensor_value_info("v", 1, [1, 1, 64, 64])],
                     [h.make_tensor_value_info("y", 1, [1, 1, m, m])], [onnx.numpy_helper.from_array(np.array([1, 1, m, m]), "to")])
    made = h.make_model(g, opset_imports=[h.make_opsetid("", 18)], ir_version=8); onnx.checker.check_model(made, full_check=True); return made.SerializeToString()


def by_opencv(m, v): net = cv2.dnn.readNetFromONNX(np.frombuffer(m, np.uint8)); net.setInput(v); return net.forward()


programs = {"the reference": lambda m, v: ReferenceEvaluator(onnx.load_from_string(m)).run(None, dict(v=v))[0],
            "ONNX Runtime": lambda m, v: ort.InferenceSession(m).run(None, dict(v=v))[0],
            "OpenVINO": lambda m, v: core.compile_model(core.read_model(m), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(v)[0], f"OpenCV {cv2.__version__}": by_opencv}
asked = {"linear, antialias": (16, dict(mode="linear"), dict(antialias=1)), "cubic, antialias": (16, dict(mode="cubic"), dict(antialias=1)),
         "cubic, exclude_outside": (256, dict(mode="cubic"), dict(exclude_outside=1))}
seen = {}
for what, (m, base, more) in asked.items():
    for k, f in programs.items():
        a, b = np.asarray(f(model(m, **base), noise)), np.asarray(f(model(m, **base, **more), noise)); seen[what, k.split()[0]] = float(abs(a-b).max()) < .01
        print(f"64 to {m}, {what}: {k}", "leaves it out" if seen[what, k.split()[0]] else f"changes noise by up to {abs(a-b).max():.0f} grey levels")
for k, f in programs.items():
    y = np.asarray(f(model(16, mode="linear", antialias=1), stripes)); print(f"stripes of 0 and 255 that are two pixels wide, four times smaller, with antialias: {k} {y[0, 0, 8, 4:12].round().astype(int).tolist()}")
left = {k for k, v in seen.items() if v}
if left != {("linear, antialias", "OpenVINO"), ("linear, antialias", "OpenCV"), ("cubic, antialias", "OpenVINO"), ("cubic, antialias", "OpenCV"),
            ("cubic, exclude_outside", "OpenVINO")}: sys.exit("other attributes are left out now")
EOF
