#!/usr/bin/env bash
# Guess: the numbers of annotations are names; `COCOeval` says the same of the same boxes, whatever they are called.
# What happens: pycocotools notes for each detection the number of the annotation that it found, and 0 for none. The annotation 0 is therefore missed, and the detection that
#   finds it is a false one: four exact boxes have an AP of .56 if their annotations are counted from 0, and 1 from 1; the recall is .75. With one image it is 0.
#   Of 100 images it is .98. Nothing is said. If two annotations share a number, both count as found.
# Versions: pycocotools 2.0.11, numpy 2.4.6; faster-coco-eval 1.8.0 counts the same, with a warning; seen 2026-11-30.
# Who is hurt: whoever writes annotations of a video by `enumerate`, and evaluates a detector or one clip on it. The more confident the detection of the
#   first target, the more it costs.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check pycocotools==2.0.11 numpy==2.4.6
v/bin/python - <<'EOF'
import contextlib
import importlib.metadata
import io
import sys

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

box = dict(category_id=1, bbox=[10, 10, 20, 20])


def evaluated(n, number):
    truth = COCO(); truth.dataset = dict(images=[dict(id=k, width=100, height=100) for k in range(1, n+1)], categories=[dict(id=1, name="target")],
                                         annotations=[dict(box, id=number(k), image_id=k+1, area=400, iscrowd=0) for k in range(n)])
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex(); e = COCOeval(truth, truth.loadRes([dict(box, image_id=k+1, score=.9-.5*k/n) for k in range(n)]), "bbox")
        e.evaluate(); e.accumulate(); e.summarize()
    return round(float(e.stats[0]), 2), round(float(e.stats[8]), 2)


print("pycocotools", importlib.metadata.version("pycocotools"))
seen = {}
for n in (1, 4, 100):
    for what, number in (("from 0", lambda k: k), ("from 1", lambda k: k+1)):
        seen[n, what] = evaluated(n, number)
        print(f"{n} images with one box each, found exactly, numbered {what}: AP {seen[n, what][0]}, recall {seen[n, what][1]}")
if list(seen.values()) != [(0, 0), (1, 1), (.56, .75), (1, 1), (.98, .99), (1, 1)]: sys.exit("annotations are found otherwise now")
EOF
