#!/usr/bin/env bash
# Guess: `init` starts a tracker of OpenCV again, at the new box, as `cv2.TrackerCSRT` does.
# What happens: every tracker of `cv2.legacy` follows the first target for good. A second `init` does nothing: it returns False where the first returned
#   True, and `update` goes on to report success, with boxes of the old target. `init` leaves at once if it was called before.
# Versions: opencv-contrib-python-headless 5.0.0.93 (4.14.0.94 does the same), numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever starts a lost tracker again, as VOT's protocol of 2013 to 2019 does, or keeps one object for all sequences: only the first start counts.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check opencv-contrib-python-headless==5.0.0.93 numpy==2.4.6
v/bin/python - <<'EOF'
import sys

import cv2
import numpy as np

rng = np.random.default_rng(0)


def texture(h, w, sigma): return cv2.GaussianBlur(rng.integers(0, 255, (h, w, 3), dtype=np.uint8), (0, 0), sigma)


field, first, second = texture(240, 320, 3), texture(40, 50, 2), texture(40, 50, 2)


def frame(k): # the first target walks to the right, the second one to the left, below it
    f = field.copy(); f[60:100, 60+2*k:110+2*k], f[150:190, 200-2*k:250-2*k] = first, second
    return f


def starts_twice(make):
    t = make(); said = [t.init(frame(0), (60, 60, 50, 40))]
    for k in range(1, 15): t.update(frame(k))
    said.append(t.init(frame(15), (170, 150, 50, 40)))
    for k in range(16, 30): found, box = t.update(frame(k))
    x, y = box[:2]
    return said, found, "first" if abs(x-118)+abs(y-60) < 20 else "second" if abs(x-142)+abs(y-150) < 20 else "none"


print("OpenCV", cv2.__version__)
legacy = {f"legacy.Tracker{k}": getattr(cv2.legacy, f"Tracker{k}_create") for k in ("CSRT", "KCF", "MOSSE", "MIL", "MedianFlow", "Boosting")}
got = {k: starts_twice(m) for k, m in {"TrackerCSRT": cv2.TrackerCSRT_create, **legacy}.items()}
for k, (said, found, target) in got.items():
    print(f"{k}: `init` returned {said[0]}, then {said[1]}; 14 frames later `update` says {found} and holds the {target} target")
if got.pop("TrackerCSRT")[2] != "second" or any(o != ([True, False], True, "first") for o in got.values()): sys.exit("a second start is treated otherwise now")
EOF
