#!/usr/bin/env bash
# Guess: torchmetrics' `IntersectionOverUnion` averages the overlap over the targets, as its function `intersection_over_union` does; a threshold makes it stricter.
# What happens: the class averages over all pairs of a prediction and a target of one label, and leaves out pairs below the threshold. Of a target that is held for four frames
#   and lost for six the mean overlap is .49; with a threshold of .5 the class says .85, the function .34. Two targets found exactly make .5 in the class, for
#   each counts against the other's box, too; the function says 1.
# Versions: torchmetrics 1.9.0, torch 2.13.0, torchvision 0.28.0, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever measures a tracker by it. With a threshold, losing the target costs nothing. With several targets of a class, perfect boxes have a figure of one over
#   their number, and more where wrong boxes are large.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check torchmetrics==1.9.0 torch==2.13.0 torchvision==0.28.0 numpy==2.4.6
v/bin/python -W ignore - <<'EOF'
import importlib
import sys

import torch

try: importlib.import_module("torchvision")
except RuntimeError: # a torch without CUDA does not load this torchvision's compiled part, of which the overlap of boxes uses nothing: its import looks for two names
    ops = torch.library.Library("torchvision", "DEF")
    for k in ("nms", "qnms"): ops.define(f"{k}(Tensor boxes, Tensor scores, float overlap) -> Tensor")
    for k in [k for k in sys.modules if k.startswith("torchvision")]: del sys.modules[k]
import torchmetrics
from torchmetrics.detection import IntersectionOverUnion
from torchmetrics.functional.detection import intersection_over_union

target = torch.tensor([10., 10, 30, 30])


def at(*right): return target+torch.tensor([[x, 0, x, 0] for x in right])


def frame(boxes): return [dict(boxes=boxes, labels=torch.zeros(len(boxes), dtype=torch.int))]


def by_class(frames, **kw):
    m = IntersectionOverUnion(**kw)
    for boxes, truth in frames: m.update(frame(boxes), frame(truth))
    return round(float(m.compute()["iou"]), 2)


print("torchmetrics", torchmetrics.__version__)
held = [0, 0, 2, 5]+[12]*6; seen = []
for t in (None, .5):
    a, b = by_class([(at(x), at(0)) for x in held], iou_threshold=t), round(float(intersection_over_union(at(*held), at(*[0]*10), iou_threshold=t)), 2)
    print(f"held in four frames of ten, threshold {t}: class {a}, function {b}"); seen += [a, b]
for n in (2, 4):
    all_of_them = at(*range(0, 100*n, 100)); a, b = by_class([(all_of_them, all_of_them)]), round(float(intersection_over_union(all_of_them, all_of_them)), 2)
    print(f"{n} targets, each box exact: class {a}, function {b}"); seen += [a, b]
if seen != [.49, .49, .85, .34, .5, 1, .25, 1]: sys.exit("overlaps are averaged otherwise now")
EOF
