#!/usr/bin/env bash
# Guess: a limit of 300 detections per image, `params.maxDets` in pycocotools and `max_detection_thresholds` in torchmetrics, holds for AP as for AP50 and AP75.
# What happens: not for AP. Its row is computed with 100, which is written into `summarize`, and the others with the largest limit. Of 200 exact boxes per image AP50 and AP75 are 1 and AP is .5, with limits of 1, 100 and 300.
#   With 1, 10 and 300 AP is -1, for there is no 100 among them. torchmetrics hands its limits on, and its doc says that `map` is calculated with them; with its backend
#   faster_coco_eval AP is 1 in both.
# Versions: pycocotools 2.0.11, faster-coco-eval 1.8.0, torchmetrics 1.9.0, torch 2.13.0, torchvision 0.28.0, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever evaluates on crowds, swarms, cells or aerial video, where more than 100 targets are in a frame, and raises the limit for it: AP stays low whatever the
#   detector does, and is compared with figures that were made otherwise.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check pycocotools==2.0.11 faster-coco-eval==1.8.0 torch==2.13.0 torchvision==0.28.0 torchmetrics==1.9.0 numpy==2.4.6
v/bin/python -W ignore - <<'EOF'
import contextlib
import importlib
import importlib.metadata
import io
import sys

import torch

try: importlib.import_module("torchvision")
except RuntimeError: # a torch without CUDA does not load this torchvision's compiled part, of which nothing is used here: its import looks for two names
    ops = torch.library.Library("torchvision", "DEF")
    for k in ("nms", "qnms"): ops.define(f"{k}(Tensor boxes, Tensor scores, float overlap) -> Tensor")
    for k in [k for k in sys.modules if k.startswith("torchvision")]: del sys.modules[k]
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torchmetrics.detection import MeanAveragePrecision

n, each = 4, [[12*(k%20), 12*(k//20), 10, 10] for k in range(200)] # images, and 200 targets in each, all found exactly
scores = [.99-.004*k for k in range(200)]


def pycocotools(limits):
    truth = COCO(); truth.dataset = dict(images=[dict(id=k, width=240, height=120) for k in range(n)], categories=[dict(id=1, name="cell")],
                                         annotations=[dict(id=200*i+k+1, image_id=i, category_id=1, bbox=b, area=100, iscrowd=0) for i in range(n) for k, b in enumerate(each)])
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex(); e = COCOeval(truth, truth.loadRes([dict(image_id=i, category_id=1, bbox=b, score=s) for i in range(n) for b, s in zip(each, scores)]), "bbox")
        e.params.maxDets = limits; e.evaluate(); e.accumulate(); e.summarize()
    return [round(float(v), 2) for v in e.stats[:3]]


def torchmetrics(limits, backend="pycocotools"):
    boxes, labels, m = torch.tensor(each).float(), torch.ones(200, dtype=torch.int64), MeanAveragePrecision(box_format="xywh", max_detection_thresholds=limits, backend=backend)
    m.warn_on_many_detections = False
    for _ in range(n): m.update([dict(boxes=boxes, scores=torch.tensor(scores), labels=labels)], [dict(boxes=boxes, labels=labels)])
    r = m.compute(); return [round(float(r[k]), 2) for k in ("map", "map_50", "map_75")]


def faster(limits): return torchmetrics(limits, "faster_coco_eval")


for k in ("pycocotools", "torchmetrics", "faster-coco-eval"): print(k, importlib.metadata.version(k), end=" · " if k[0] != "f" else "\n")
seen = {}
for name, f in (("pycocotools", pycocotools), ("torchmetrics", torchmetrics), ("torchmetrics with faster_coco_eval", faster)):
    for limits in ([1, 100, 300], [1, 10, 300]):
        seen[name, limits[1]] = f(limits); print(f"{name}, limits {limits}: AP {seen[name, limits[1]][0]}, AP50 {seen[name, limits[1]][1]}, AP75 {seen[name, limits[1]][2]}")
if any(seen[k, 100] != [.5, 1, 1] or seen[k, 10] != [-1, 1, 1] for k in ("pycocotools", "torchmetrics")) or {*map(tuple, (seen["torchmetrics with faster_coco_eval", k] for k in (10, 100)))} != {(1, 1, 1)}: sys.exit("limits hold otherwise now")
EOF
