#!/usr/bin/env bash
# Guess: a network without batch statistics answers for each crop of a batch as if it were alone, in 8 bits, too.
# What happens: `quantize_dynamic` of ONNX Runtime gives each layer one step for the whole batch, from its smallest to its largest value, when it runs. A crop of three times the
#   contrast in the same batch changes the features of another one by 3 % on average, one of ten times by 11 %; they are as far from the exact ones, while the crop alone
#   is 2 % off. In 32 bits, and with `quantize_static`, whose steps are fixed before, nothing changes.
# Versions: onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever tracks several targets, or several scales of one, in one batch: a box depends on who else is tracked, and figures on the size of the batch.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6 sympy==1.14.0
v/bin/python - <<'EOF'
import logging
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper as h
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_dynamic, quantize_static

logging.disable(logging.WARNING); ort.set_default_logger_severity(3)
C, rng = 32, np.random.default_rng(0)
weights = [onnx.numpy_helper.from_array(rng.normal(0, s, shape).astype(np.float32), k) for k, s, shape in (("u", .1, (C, 3, 5, 5)), ("w", .06, (C, C, 3, 3)))]
nodes = [h.make_node("Conv", ["x", "u"], ["a"], strides=[2, 2]), h.make_node("Relu", ["a"], ["b"]), h.make_node("Conv", ["b", "w"], ["y"], strides=[2, 2])]
g = h.make_graph(nodes, "g", [h.make_tensor_value_info("x", 1, ["n", 3, 95, 95])], [h.make_tensor_value_info("y", 1, ["n", C, 23, 23])], weights)
onnx.save(h.make_model(g, opset_imports=[h.make_opsetid("", 17)], ir_version=9), "float.onnx")


def crop(k, contrast=1):
    x, bell = np.random.default_rng(k).normal(size=(1, 3, 95, 95)), np.exp(-np.linspace(-2, 2, 15)**2)
    for ax in (-1, -2): x = np.apply_along_axis(np.convolve, ax, x, bell, "same")
    return (x/x.std()*contrast).astype(np.float32)


class Crops(CalibrationDataReader):
    def __init__(self): self.all = iter([dict(x=crop(k)) for k in range(100, 112)])
    def get_next(self): return next(self.all, None)


quantize_dynamic("float.onnx", "dynamic.onnx", weight_type=QuantType.QUInt8)
quantize_static("float.onnx", "static.onnx", Crops())
print("onnxruntime", ort.__version__); change = {}
for name in ("float", "static", "dynamic"):
    s = ort.InferenceSession(f"{name}.onnx")
    def features(*crops): return s.run(None, dict(x=np.concatenate(crops)))[0][0]
    alone = features(crop(0)); exact = alone if name == "float" else exact
    size = abs(exact).mean()
    print(f"{name}: the crop alone is {abs(alone-exact).mean()/size:.1%} off")
    for c in (1, 3, 10):
        y = features(crop(0), crop(1, c)); change[name, c] = abs(y-alone).mean()/size
        print(f"{name}: beside a crop of {c} times its contrast its features change by {change[name, c]:.1%}, and are {abs(y-exact).mean()/size:.1%} off")
if max(change[k, c] for k in ("float", "static") for c in (1, 3, 10)) > 1e-4 or change["dynamic", 3] < .02 or change["dynamic", 10] < .06:
    sys.exit("batches are quantised otherwise now")
EOF
