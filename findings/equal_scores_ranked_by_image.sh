#!/usr/bin/env bash
# Guess: an average precision depends on boxes and scores; the names and the order of the images are nothing to it. Where all scores are equal, there is no ranking.
# What happens: there is one: pycocotools sorts all detections by score, stably, and equal ones stay in the order of their images' numbers. A tracker that writes 1 for each box,
#   finds its target in the first 50 of 100 images, and is beside it in the others has an AP of .505; with the images numbered backwards .252, with every other one found .272.
#   Sorted names of folders are such an order. torchmetrics keeps the order in which images come: a loader that shuffles gives another AP each time. supervision sorts alike.
# Versions: pycocotools 2.0.11, torchmetrics 1.9.0, torch 2.13.0, torchvision 0.28.0, supervision 0.31.2, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever evaluates a tracker, a template matcher or boxes without scores by AP: what is easy and comes first in the order of names counts double.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check pycocotools==2.0.11 torch==2.13.0 torchvision==0.28.0 torchmetrics==1.9.0 supervision==0.31.2 numpy==2.4.6
v/bin/python -W ignore - <<'EOF'
import contextlib
import importlib
import importlib.metadata
import io
import sys

import numpy as np
import torch

try: importlib.import_module("torchvision")
except RuntimeError: # a torch without CUDA does not load this torchvision's compiled part, of which nothing is used here: its import looks for two names
    ops = torch.library.Library("torchvision", "DEF")
    for k in ("nms", "qnms"): ops.define(f"{k}(Tensor boxes, Tensor scores, float overlap) -> Tensor")
    for k in [k for k in sys.modules if k.startswith("torchvision")]: del sys.modules[k]
import supervision as sv
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from supervision.metrics import MeanAveragePrecision as OfSupervision
from torchmetrics.detection import MeanAveragePrecision as OfTorchmetrics

n, target, beside = 100, [10, 10, 20, 20], [60, 60, 20, 20]


def boxes(found): return [target if f else beside for f in found]


def pycocotools(found):
    truth = COCO(); truth.dataset = dict(images=[dict(id=k, width=100, height=100) for k in range(1, n+1)], categories=[dict(id=1, name="target")],
                                         annotations=[dict(id=k, image_id=k, category_id=1, bbox=target, area=400, iscrowd=0) for k in range(1, n+1)])
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex(); e = COCOeval(truth, truth.loadRes([dict(image_id=k, category_id=1, bbox=b, score=1.) for k, b in enumerate(boxes(found), 1)]), "bbox")
        e.evaluate(); e.accumulate(); e.summarize()
    return round(float(e.stats[0]), 3)


def torchmetrics(found):
    label, m = torch.zeros(1, dtype=torch.int64), OfTorchmetrics(box_format="xywh")
    for b in boxes(found): m.update([dict(boxes=torch.tensor([b]).float(), scores=torch.ones(1), labels=label)], [dict(boxes=torch.tensor([target]).float(), labels=label)])
    return round(float(m.compute()["map"]), 3)


def supervision(found):
    def of(b): return sv.Detections(xyxy=np.array([[*b[:2], b[0]+b[2], b[1]+b[3]]], float), class_id=np.zeros(1, int), confidence=np.ones(1))

    with contextlib.redirect_stdout(io.StringIO()): r = OfSupervision().update([of(b) for b in boxes(found)], [of(target)]*n).compute()
    return round(float(r.map50_95), 3)


k, seen = np.arange(n), {}
orders = {"found in the first half": k < 50, "found in the second half": k >= 50, "every other one found": k%2 == 0, "the same, shuffled": np.random.default_rng(0).permutation(k < 50)}
for f in (pycocotools, torchmetrics, supervision):
    seen[f.__name__] = [f(found) for found in orders.values()]
    print(f.__name__, importlib.metadata.version(f.__name__), *(f"· {o}: AP {a}" for o, a in zip(orders, seen[f.__name__])))
if any(s[:3] != [.505, .252, .272] for s in seen.values()): sys.exit("equal scores are ranked otherwise now")
EOF
