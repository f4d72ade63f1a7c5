#!/usr/bin/env bash
# Guess: albumentations' `min_visibility=.5` drops a box of which less than half is left in the picture that comes out.
# What happens: boxes are cut and compared after each transform, with what the one before left of them. A crop that takes three quarters of a box drops it; in four crops of 10 pixels the same
#   three quarters go, and a quarter of the box is handed over, for no step took more than half of what was there. The doc calls `check_each_transform`
#   a check, and does not say of what: with `False` boxes are cut once, at the end, and the share is that of the whole box.
# Versions: albumentations 2.0.8, albucore 0.0.24, numpy 2.4.6, opencv-python-headless 5.0.0.93; seen 2026-11-30.
# Who is hurt: whoever augments by several steps that move or crop (shift, scale, rotate, crop): labels remain of targets of which a fragment is left, the more the
#   more steps there are, and the threshold that was found for one crop holds for no other pipeline.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check albumentations==2.0.8 albucore==0.0.24 numpy==2.4.6 opencv-python-headless==5.0.0.93
NO_ALBUMENTATIONS_UPDATE=1 v/bin/python -W ignore - <<'EOF'
import sys

import albumentations as A
import numpy as np

im, box = np.zeros((100, 100, 3), np.uint8), np.array([[10., 10, 50, 50]])


def share(steps, each):
    """Return how much of the box is left in the result, 0 if it was dropped."""
    to = A.Compose(steps, bbox_params=A.BboxParams(format="pascal_voc", label_fields=["name"], min_visibility=.5, check_each_transform=each))
    return sum(float((b[2]-b[0])*(b[3]-b[1]))/1600 for b in to(image=im, bboxes=box, name=["target"])["bboxes"])


def crops(n): return [A.Crop(40//n, 0, 100-40//n*k, 100) for k in range(n)] # n crops of the left side, 40 pixels together: 30 of the box's 40


print("albumentations", A.__version__)
seen = {(n, each): round(share(crops(n), each), 2) for each in (True, False) for n in (1, 2, 4, 5)}
for (n, each), s in seen.items(): print(f"{n} crops of {40//n} pixels, check_each_transform={each}: {'dropped' if not s else f'kept, with {s} of its area'}")
if list(seen.values()) != [0, 0, .25, .25, 0, 0, 0, 0]: sys.exit("visibility is counted otherwise now")
EOF
