#!/usr/bin/env bash
# Guess: a mask that goes into a COCO file as the polygon of its contour comes back as it was.
# What happens: OpenCV's contour runs through the middles of the outermost pixels, and pycocotools takes the corners of a polygon for corners of pixels. Each mask loses its last
#   row and column: 10 by 10 pixels become 9 by 9, half a pixel further to the upper left. OpenCV itself fills the same polygon to 10 by 10. supervision's
#   `as_coco` writes such polygons, beside the area of the mask: of exact masks of 40 by 20 the AP is .9, of 10 by 10 .7, of 5 by 5 .3; a mask that is one pixel wide is lost.
# Versions: supervision 0.31.2, opencv-python 5.0.0.93, pycocotools 2.0.11, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever keeps masks as polygons, and evaluates masks, or starts a tracker from them: small targets lose most. Run-length code keeps them.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check supervision==0.31.2 opencv-python==5.0.0.93 pycocotools==2.0.11 numpy==2.4.6
v/bin/python -W ignore - <<'EOF'
import contextlib
import io
import sys

import cv2
import numpy as np
import supervision as sv
from pycocotools import mask as coco
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

size = (60, 80)


def target(w, h): m = np.zeros(size, np.uint8); m[20:20+h, 30:30+w] = 1; return m


def box(m): return tuple(int(v) for v in cv2.boundingRect(m))


def quietly(f, *args):
    with contextlib.redirect_stdout(io.StringIO()): return f(*args)


def by_coco(m): # the mask that pycocotools makes of the polygon that supervision writes, and the AP of the exact mask
    cv2.imwrite("a.png", np.zeros((*size, 3), np.uint8)); one = sv.Detections(xyxy=sv.mask_to_xyxy(m[None] > 0).astype(float), mask=m[None] > 0, class_id=np.array([0]))
    sv.DetectionDataset(classes=["target"], images=["a.png"], annotations={"a.png": one}).as_coco(annotations_path="a.json")
    truth = quietly(COCO, "a.json"); a = truth.dataset["annotations"][0]
    if not a["segmentation"]: return a, None, None
    e = COCOeval(truth, quietly(truth.loadRes, [dict(image_id=1, category_id=a["category_id"], score=.9, segmentation=coco.encode(np.asfortranarray(m)))]), "segm")
    for f in (e.evaluate, e.accumulate, e.summarize): quietly(f)
    return a, truth.annToMask(a), round(float(e.stats[0]), 2)


print(f"supervision {sv.__version__}, OpenCV {cv2.__version__}")
seen = []
for w, h in ((40, 20), (10, 10), (5, 5), (20, 1)):
    m = target(w, h); p = cv2.findContours(m, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0][0]; f = cv2.fillPoly(np.zeros_like(m), [p], 1)
    a, c, ap = by_coco(m); seen.append((c is not None and int(c.sum()), ap)); same = (f == m).all()
    print(f"a mask of {w} by {h} at {box(m)[:2]}: filled by OpenCV {box(f)[2:]};", "no polygon in the file," if c is None else f"by pycocotools {box(c)[2:]} at {box(c)[:2]}, AP {ap},",
          f"area in the file {a['area']:g}")
    if not same: sys.exit("OpenCV fills contours otherwise now")
if seen != [(39*19, .9), (81, .7), (16, .3), (False, None)]: sys.exit("polygons are made or filled otherwise now")
EOF
