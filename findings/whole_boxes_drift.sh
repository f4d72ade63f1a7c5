#!/usr/bin/env bash
# Guess: torchvision's transforms of boxes are exact but for rounding, and rounding moves a box to neither side.
# What happens: boxes keep the type of what they were made of, and `BoundingBoxes([[40, 50, 90, 80]])` is of whole numbers. What is transformed is then cut down, not rounded:
#   each step that resizes, crops to a size, rotates or warps moves all edges by half a pixel to the upper left, on average. 1.05 times larger and back, the image has its size again and
#   the box is a pixel off; five times, 4.7 pixels. Of fractions nothing moves. The wrapper of Pascal VOC makes whole numbers, that of COCO fractions.
# Versions: torchvision 0.28.0, torch 2.13.0, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever trains with boxes in whole pixels, as most annotations of trackers are: the labels lie to the upper left of the targets, the more so
#   the more steps there are, and the smaller the image is in the end.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check torch==2.13.0 torchvision==0.28.0 numpy==2.4.6
v/bin/python -W ignore - <<'EOF'
import importlib
import sys

import torch

try: importlib.import_module("torchvision")
except RuntimeError: # a torch without CUDA does not load this torchvision's compiled part, of which boxes use nothing: its import looks for two names
    ops = torch.library.Library("torchvision", "DEF")
    for k in ("nms", "qnms"): ops.define(f"{k}(Tensor boxes, Tensor scores, float overlap) -> Tensor")
    for k in [k for k in sys.modules if k.startswith("torchvision")]: del sys.modules[k]
import torchvision
from torchvision import tv_tensors
from torchvision.transforms.v2 import functional as F

torch.manual_seed(0)
corner = torch.randint(100, 400, (1000, 2)); at = torch.cat([corner, corner+torch.randint(20, 120, (1000, 2))], 1)
whole, exact = (tv_tensors.BoundingBoxes(b, format="XYXY", canvas_size=(640, 640)) for b in (at, at.double()))


def scaled(b, *by):
    for s in by: b = F.affine(b, angle=0, translate=[0, 0], scale=s, shear=[0, 0])
    return b


ways = {"resize to 467": lambda b: F.resize(b, [467, 467]), "rotate by 10": lambda b: F.rotate(b, 10), "crop and resize": lambda b: F.resized_crop(b, 10, 10, 500, 500, [255, 255]),
        "flip": F.horizontal_flip, "1.05 times larger and back": lambda b: scaled(b, 1.05, 1/1.05), "five times larger and back": lambda b: scaled(b, *[1.05, 1/1.05]*5)}
print(f"torchvision {torchvision.__version__}: boxes of [[40, 50, 90, 80]] are {tv_tensors.BoundingBoxes([[40, 50, 90, 80]], format='XYXY', canvas_size=(99, 99)).dtype}")
seen = {}
for k, f in ways.items():
    off = f(whole).as_subclass(torch.Tensor).double()-f(exact).as_subclass(torch.Tensor); seen[k] = off.mean(0)
    print(f"{k}: the edges of whole boxes are off by", *(f"{v:.2f}" for v in off.mean(0).tolist()), f"on average, {off.min():.2f} to {off.max():.2f}")
if seen["flip"].any() or (scaled(exact, *[1.05, 1/1.05]*5)-at).abs().max() > 1e-6: sys.exit("boxes are moved otherwise now")
for k in ("resize to 467", "rotate by 10", "crop and resize"):
    if (seen[k]+.5).abs().max() > .05: sys.exit("boxes are cut down otherwise now")
if seen["1.05 times larger and back"].max() > -.9 or seen["five times larger and back"].max() > -4: sys.exit("boxes drift otherwise now")
EOF
