#!/usr/bin/env bash
# Guess: a correlation (a convolution whose kernels are an input) that torch exports to ONNX gives in OpenCV what it gives in ONNX Runtime.
# What happens: where the number of kernels is left open, torch's exporter adds a bias of zeros that is computed in the graph (Shape, Expand).
#   OpenCV 4.12 takes the model without a word and returns the later constant alone, .5 everywhere, in the shape of one kernel: neither input
#   has an influence. With the number fixed in the graph the bias is a constant, and both runtimes agree.
# Versions: torch 2.13.0, onnx 1.23.2, onnxscript 0.7.2, onnxruntime 1.32.0, opencv-python-headless 4.12.0.88; seen 2026-11-27.
# Who is hurt: Siamese trackers and few-shot networks deployed in OpenCV: flat score maps, and no error.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check torch==2.13.0 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0 opencv-python-headless==4.12.0.88
TORCH_LOGS=-all v/bin/python -W ignore - 2>errors.txt <<'EOF' || { cat errors.txt; exit 1; }
import cv2
import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F


class Correlate(torch.nn.Module):
    def forward(self, z, x): return F.conv2d(x, z)+.5


torch.manual_seed(0); z, x = torch.randn(3, 4, 6, 6), torch.randn(1, 4, 22, 22); want = Correlate()(z, x).numpy()
for name, dims in dict(open={"z": {0: torch.export.Dim("kernels", min=2, max=64)}, "x": None}, fixed=None).items():
    torch.onnx.export(Correlate(), (z, x), f"{name}.onnx", dynamo=True, input_names=["z", "x"], output_names=["v"], dynamic_shapes=dims, external_data=False, verbose=False)
    ops = [n.op_type for n in onnx.load(f"{name}.onnx").graph.node]
    ort = onnxruntime.InferenceSession(f"{name}.onnx").run(None, dict(z=z.numpy(), x=x.numpy()))[0]
    net = cv2.dnn.readNetFromONNX(f"{name}.onnx"); net.setInput(z.numpy(), "z"); net.setInput(x.numpy(), "x"); got = net.forward()
    print(name, ops, "· ONNX Runtime", f"{abs(ort-want).max():.0e} off · OpenCV", got.shape, f"from {got.min():.2f} to {got.max():.2f}, torch from {want.min():.2f} to {want.max():.2f}")
    assert abs(ort-want).max() < 1e-3
    if name == "open": assert "Expand" in ops and (got == .5).all()
    else: assert got.shape == want.shape and abs(got-want).max() < 1e-3
EOF
