#!/usr/bin/env bash
# Guess: a false detection lowers the mean AP, and toolkits of the same measure say the same of the same boxes.
# What happens: a class that is nowhere in the truth has no recall, so COCO's measure has no AP for it, and leaves it out of the mean with all its false detections. A detector that finds its one target exactly and
#   reports a second class beside it, surer, in each of ten frames has 1 in pycocotools, supervision and globox. TIDE, which explains such figures, counts 0 for that class: 50, and one such detection in one frame
#   is enough for it; it costs as much as one in each. If the two have one class, AP is .5 or less in all four.
# Versions: pycocotools 2.0.11, supervision 0.31.2, globox 2.9.0, tidecv 1.0.1, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever evaluates on one clip or a small set, where most classes of a detector are absent: its false alarms are free, or halve the figure, by the toolkit.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check pycocotools==2.0.11 supervision==0.31.2 globox==2.9.0 tidecv==1.0.1 numpy==2.4.6
MPLBACKEND=agg v/bin/python -W ignore - <<'EOF'
import contextlib
import importlib.metadata
import io
import sys

import numpy as np
import supervision as sv
from globox import Annotation, AnnotationSet, BoundingBox, COCOEvaluator
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from supervision.metrics import MeanAveragePrecision
from tidecv import TIDE, Data

n, names = 10, ("drone", "bird")
target, alarm = [10, 10, 30, 30], [60, 60, 80, 80]


def frames(alarms, kind): return [[(target, 0, .9)]+[(alarm, kind, .95)]*(k < alarms) for k in range(n)] # corners, class and score of what is detected in each frame


def size(b): return [b[0], b[1], b[2]-b[0], b[3]-b[1]]


def pycocotools(found):
    truth = COCO(); truth.dataset = dict(images=[dict(id=k, width=100, height=100) for k in range(1, n+1)], categories=[dict(id=k, name=c) for k, c in enumerate(names)],
                                         annotations=[dict(id=k, image_id=k, category_id=0, bbox=size(target), area=400, iscrowd=0) for k in range(1, n+1)])
    truth.createIndex()
    e = COCOeval(truth, truth.loadRes([dict(image_id=k, category_id=c, bbox=size(b), score=s) for k, f in enumerate(found, 1) for b, c, s in f]), "bbox")
    e.evaluate(); e.accumulate(); e.summarize(); return e.stats[0]


def supervision(found):
    there = sv.Detections(xyxy=np.array([target], float), class_id=np.array([0]))
    return MeanAveragePrecision().update([sv.Detections(xyxy=np.array([b for b, _, _ in f], float), class_id=np.array([c for _, c, _ in f]), confidence=np.array([s for *_, s in f])) for f in found],
                                         [there]*n).compute().map50_95


def globox(found):
    def of(k, boxes): return Annotation(str(k), (100, 100), boxes)

    truth = AnnotationSet(of(k, [BoundingBox.create(label=names[0], coords=tuple(target))]) for k in range(n))
    result = AnnotationSet(of(k, [BoundingBox.create(label=names[c], coords=tuple(b), confidence=s) for b, c, s in f]) for k, f in enumerate(found))
    return COCOEvaluator(ground_truths=truth, predictions=result).ap()


def tidecv(found):
    truth, result = Data("truth"), Data("result")
    for d in (truth, result):
        for k, c in enumerate(names): d.add_class(k, c)
    for k, f in enumerate(found):
        truth.add_image(k, str(k)); truth.add_ground_truth(k, 0, size(target))
        for b, c, s in f: result.add_detection(k, c, s, size(b))
    return TIDE().evaluate(truth, result, mode=TIDE.BOX).ap/100


cases = {"no alarm": (0, 1), "one alarm of an absent class": (1, 1), "ten of them": (10, 1), "ten of the class that is there": (10, 0)}
seen = {}
for f in (pycocotools, supervision, globox, tidecv):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()): seen[f.__name__] = [round(float(f(frames(*c))), 2) for c in cases.values()]
    print(f.__name__, importlib.metadata.version(f.__name__), *(f"· {c}: {a}" for c, a in zip(cases, seen[f.__name__])))
if any(seen[k][:3] != [1, 1, 1] for k in ("pycocotools", "supervision", "globox")) or seen["tidecv"][:3] != [1, .5, .5] or any(s[3] > .55 for s in seen.values()): sys.exit("absent classes are counted otherwise now")
EOF
