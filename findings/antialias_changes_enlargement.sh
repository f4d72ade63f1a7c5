#!/usr/bin/env bash
# Guess: `antialias=True` matters when an image is made smaller; enlarging is the same with and without it.
# What happens: in torch it also exchanges the bicubic kernel: a = -.75 without (as in OpenCV), a = -.5 with it (as in MATLAB and PIL).
#   Enlarged 16 times, a single 1 in a map of 17x17 gives values that differ by .037.
# Versions: torch 2.13.0, opencv-python-headless 5.0.0.93; seen 2026-11-27.
# Who is hurt: whoever rebuilds a MATLAB pipeline, or compares score maps and super-resolution baselines across libraries.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check torch==2.13.0 opencv-python-headless==5.0.0.93 numpy==2.4.6
v/bin/python - <<'EOF'
import cv2
import numpy as np
import torch
import torch.nn.functional as F

v = torch.zeros(1, 1, 17, 17); v[0, 0, 8, 8] = 1
got = {"torch": F.interpolate(v, size=272, mode="bicubic"), "torch, antialias": F.interpolate(v, size=272, mode="bicubic", antialias=True)}
got = {k: o[0, 0].numpy() for k, o in got.items()} | {"OpenCV": cv2.resize(v[0, 0].numpy(), (272, 272), interpolation=cv2.INTER_CUBIC)}


def kernel(t, a): t = abs(t); return np.where(t <= 1, ((a+2)*t-(a+3))*t*t+1, np.where(t < 2, ((a*t-5*a)*t+8*a)*t-4*a, 0))


off = {k: {a: float(abs(o-np.outer(*[kernel((np.arange(272)+.5)/16-.5-8, a)]*2)).max()) for a in (-.5, -.75)} for k, o in got.items()}
for k, o in off.items(): print(k, "· from the kernel with a =", ", ".join(f"{a}: {x:.1e} off" for a, x in o.items()))
assert off["torch"][-.75] < 1e-6 and off["OpenCV"][-.75] < 1e-6 and off["torch, antialias"][-.5] < 1e-6 and off["torch, antialias"][-.75] > .03
EOF
