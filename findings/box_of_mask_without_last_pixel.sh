#!/usr/bin/env bash
# Guess: the box that a library makes of a mask is the box around it, in the convention of the library's own areas and overlaps.
# What happens: supervision's `mask_to_xyxy` takes the last pixel for the end, while its areas and overlaps count to the end alone. A target of 10 by 10 pixels
#   has an area of 100 and a box of 81, and that box overlaps the true one by .81. OpenCV, SciPy and pycocotools say 10 by 10. An argument,
#   `coordinate_convention`, changes it, but the constructors that make boxes of masks (of SAM 3, of transformers, of Ultralytics without boxes) leave it as it is.
# Versions: supervision 0.31.2, opencv-python 5.0.0.93, scipy 1.17.1, pycocotools 2.0.11, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever starts a tracker of boxes from a mask, or compares its boxes with those of masks as on DAVIS: each box is a pixel short, at
#   two of its sides, and centres are off by half a pixel.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check supervision==0.31.2 opencv-python==5.0.0.93 scipy==1.17.1 pycocotools==2.0.11 numpy==2.4.6
v/bin/python - <<'EOF'
import sys

import cv2
import numpy as np
import supervision as sv
from pycocotools import mask as coco
from scipy import ndimage

mask = np.zeros((60, 80), np.uint8); mask[20:30, 30:40] = 1
y, x = ndimage.find_objects(mask)[0]
around = {"OpenCV": cv2.boundingRect(mask), "SciPy": (x.start, y.start, x.stop-x.start, y.stop-y.start),
          "pycocotools": tuple(coco.toBbox(coco.encode(np.asfortranarray(mask))))}
for k, b in around.items(): print(f"{k}: a box of {b[2]:g} by {b[3]:g} at {b[0]:g}, {b[1]:g}")
box = sv.mask_to_xyxy(mask[None].astype(bool)).astype(float)
seen = sv.Detections(xyxy=box, mask=mask[None].astype(bool))
o = float(sv.box_iou_batch(box, np.array([[30., 20, 40, 30]]))[0, 0])
print(f"supervision {sv.__version__}: corners {box[0].tolist()}, area of the mask {seen.area[0]}, of its box {seen.box_area[0]:g}; overlap with the true box {o:.2f}")
if {tuple(float(v) for v in b) for b in around.values()} != {(30., 20, 10, 10)} or seen.box_area[0] != 81 or abs(o-.81) > 1e-6: sys.exit("boxes of masks are made otherwise now")
EOF
