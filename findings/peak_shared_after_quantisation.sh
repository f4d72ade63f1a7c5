#!/usr/bin/env bash
# Guess: static quantisation makes 8 bits of layers with weights; a correlation of two computed inputs, and the output, stay float32.
# What happens: `quantize_static` also quantises a convolution whose kernel is an input, the up-sampling behind it, and the graph's output:
#   float32 in type, 256 values in content. The largest score, one cell before, is shared by up to a hundred and more; argmax takes the first.
#   With `nodes_to_exclude` for the correlation and what follows it, the peak is one cell again.
# Versions: onnx 1.23.2, onnxruntime 1.32.0; seen 2026-11-27.
# Who is hurt: trackers and matchers that take the place of the maximum: it is off, towards the upper left.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6 sympy==1.14.0
v/bin/python - <<'EOF'
import logging

import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper as h
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static

logging.disable(logging.WARNING)
C, rng = 32, np.random.default_rng(0)
tensors = [onnx.numpy_helper.from_array(a, n) for n, a in dict(w=rng.normal(0, .2, (C, 3, 5, 5)).astype(np.float32), s=np.array([1, 1, 16, 16], np.float32)).items()]
nodes = [h.make_node("Conv", ["image", "w"], ["x"], "embed", strides=[4, 4]), h.make_node("Conv", ["x", "z"], ["c"], "correlate"), h.make_node("Resize", ["c", "", "s"], ["v"], "enlarge", mode="cubic")]
def info(n, *s): return h.make_tensor_value_info(n, onnx.TensorProto.FLOAT, s)
def model(nodes, i, o): return h.make_model(h.make_graph(nodes, "g", i, o, tensors[:2 if len(nodes) > 1 else 1]), opset_imports=[h.make_opsetid("", 17)], ir_version=9)
onnx.save(model(nodes, [info("image", 1, 3, 101, 101), info("z", 1, C, 6, 6)], [info("v", 1, 1, 320, 320)]), "float.onnx")
embed = ort.InferenceSession(model(nodes[:1], [info("image", 1, 3, 101, 101)], [info("x", 1, C, 25, 25)]).SerializeToString())


def sample(k):
    "A smooth image, and a piece of its features to look for"
    r, g = np.random.default_rng(k), np.exp(-np.linspace(-2, 2, 41)**2); im = r.normal(0, 1, (1, 3, 101, 101))
    for ax in (-1, -2): im = np.apply_along_axis(np.convolve, ax, im, g, "same")
    im = (im/im.std()).astype(np.float32); x = embed.run(None, dict(image=im))[0]; i, j = r.integers(0, 18, 2); z = x[..., i:i+6, j:j+6]
    return dict(image=im, z=z/np.square(z).sum())


class Samples(CalibrationDataReader):
    def __init__(self): self.it = iter(range(30))
    def get_next(self): k = next(self.it, None); return None if k is None else sample(k)


quantize_static("float.onnx", "all.onnx", Samples(), per_channel=True, weight_type=QuantType.QInt8)
quantize_static("float.onnx", "embedding.onnx", Samples(), per_channel=True, weight_type=QuantType.QInt8, nodes_to_exclude=["correlate", "enlarge"])
for name in ("float", "all", "embedding"):
    s = ort.InferenceSession(f"{name}.onnx"); vs = [s.run(None, sample(k))[0] for k in range(100, 120)]
    ties, values = [int((v == v.max()).sum()) for v in vs], max(len(np.unique(v)) for v in vs)
    print(name, vs[0].dtype, "· cells that share the largest score, in twenty maps:", *ties, "· different values at most", values)
    if name == "all": assert np.median(ties) > 10 and values <= 256 and vs[0].dtype == np.float32
    else: assert max(ties) <= 2 and values > 10000
EOF
