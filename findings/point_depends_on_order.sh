#!/usr/bin/env bash
# Guess: a point that torchvision transforms stays on the pixel that it marked, as boxes do; a flip and an enlargement can be done in either order.
# What happens: a flip takes a point for the middle of a pixel, and maps x to width-1-x; a resize takes it for a corner, and multiplies. Pixels and boxes are the same in both orders. A point
#   on pixel 10 of 64 is at 424 of 512 if it is flipped first, and at 431 if it is enlarged first, eight times. Half a turn by `rotate` puts it at width-x: a pixel further
#   than two flips, which make the same picture.
# Versions: torchvision 0.28.0, torch 2.13.0, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever trains on points (`KeyPoints`), centres of targets, corners, landmarks: labels of mirrored pictures are a pixel off those of the others, one of the
#   size at which they were flipped.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check torch==2.13.0 torchvision==0.28.0 numpy==2.4.6
v/bin/python -W ignore - <<'EOF'
import importlib
import sys

import torch

try: importlib.import_module("torchvision")
except RuntimeError: # a torch without CUDA does not load this torchvision's compiled part, of which points use nothing: its import looks for two names
    ops = torch.library.Library("torchvision", "DEF")
    for k in ("nms", "qnms"): ops.define(f"{k}(Tensor boxes, Tensor scores, float overlap) -> Tensor")
    for k in [k for k in sys.modules if k.startswith("torchvision")]: del sys.modules[k]
import torchvision
from torchvision import tv_tensors
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as F

S, x, y = 64, 10, 20


def enlarge(v): return F.resize(v, [8*S, 8*S], interpolation=InterpolationMode.NEAREST)
def half_turn(v): return F.rotate(v, 180)


def through(*steps): # a pixel, its box, and points on its upper left corner and its middle
    image = torch.zeros(1, S, S); image[0, y, x] = 1; size = dict(canvas_size=(S, S)); out = []
    for v in (tv_tensors.Image(image), tv_tensors.BoundingBoxes([[x, y, x+1., y+1]], format="XYXY", **size), tv_tensors.KeyPoints([[x, y], [x+.5, y+.5]], dtype=torch.float32, **size)):
        for f in steps: v = f(v)
        out.append(v.as_subclass(torch.Tensor))
    image, box, (corner, middle) = out; ys, xs = image[0].nonzero().T
    return [int(v) for v in (xs.min(), ys.min(), xs.max()+1, ys.max()+1)], [round(v, 1) for v in box[0].tolist()], [round(v, 1) for v in corner.tolist()], [round(v, 1) for v in middle.tolist()]


print("torchvision", torchvision.__version__); seen, alike = [], []
ways = {"flipped, then enlarged": [F.horizontal_flip, enlarge], "enlarged, then flipped": [enlarge, F.horizontal_flip], "two flips": [F.horizontal_flip, F.vertical_flip], "half a turn": [half_turn]}
for name, steps in ways.items():
    pixels, box, *points = through(*steps); seen.append(points); alike.append(pixels == box)
    print(f"{name}: pixels {pixels}, box {box}, point (x, y) at {points[0]}, point (x+.5, y+.5) at {points[1]}")
if not all(alike): sys.exit("boxes are moved otherwise now")
if seen != [[[424, 160], [420, 164]], [[431, 160], [427, 164]], [[53, 43], [52.5, 42.5]], [[54, 44], [53.5, 43.5]]]: sys.exit("points are moved otherwise now")
EOF
