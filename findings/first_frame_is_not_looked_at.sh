#!/usr/bin/env bash
# Guess: OpenCV's TrackerKCF learns the target from the picture and the box that `init` is given, as its other trackers do.
# What happens: `init` stores the box, and of the picture asks its size alone. The first `update` learns from ITS picture at the old box, looks for nothing, and returns the old box with True. What the target moved between the
#   first two frames stays an error for good: a target that moves by 3 pixels per frame is followed 3 pixels behind, in each frame; one that jumps by 10 at once and rests, 10. With a black picture
#   in `init` all boxes are the same. Call `update` with the first frame once, after `init`, and there is no error. CSRT and MIL learn in `init`.
# Versions: opencv-contrib-python-headless 5.0.0.93, KCF of `cv2` and of `cv2.legacy` alike, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever compares with KCF, or starts it from a detector: fast targets are followed beside them, and part of the error in its figures is that offset.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check opencv-contrib-python-headless==5.0.0.93 numpy==2.4.6
v/bin/python - <<'EOF'
import sys

import cv2
import numpy as np

rng = np.random.default_rng(0)


def texture(h, w, blur): return cv2.normalize(cv2.GaussianBlur(rng.random((h, w, 3), np.float32), (0, 0), blur), None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


behind, target = texture(480, 640, 3), texture(60, 60, 2)


def frame(x): im = behind.copy(); im[150:210, x:x+60] = target; return im


def errors(make, xs, start=None, again=False):
    """Follow a target whose left edge is at xs; return how far each box is to the right of it, from the second frame on."""
    tracker, out = make(), []
    tracker.init(frame(xs[0]) if start is None else start, (xs[0], 150, 60, 60))
    if again: tracker.update(frame(xs[0]))
    for x in xs[1:]:
        found, box = tracker.update(frame(x)); out.append(round(box[0])-x if found else None)
    return out


print("OpenCV", cv2.__version__)
paths = {"3 pixels per frame": [100+3*k for k in range(12)], "10 pixels at once, then rest": [100]+[110]*11, "rest, then 10 pixels": [100]*6+[110]*6}
seen = {}
for name, make in (("KCF", cv2.TrackerKCF_create), ("legacy.KCF", cv2.legacy.TrackerKCF_create)):
    for path, xs in paths.items():
        seen[name, path] = e = [errors(make, xs), errors(make, xs, start=np.zeros_like(behind)), errors(make, xs, again=True)]
        print(f"{name}, {path}: errors {e[0]}; with a black first picture the same: {e[0] == e[1]}; with `update` on the first frame {e[2]}")
for name, make in (("CSRT", cv2.TrackerCSRT_create), ("MIL", cv2.TrackerMIL_create)): print(f"{name}, 10 pixels at once, then rest: errors", errors(make, paths["10 pixels at once, then rest"]))
for (name, path), (plain, black, again) in seen.items():
    if plain != [{"3": -3, "1": -10, "r": 0}[path[0]]]*11 or black != plain or again != [0]*11: sys.exit(f"{name} begins otherwise now")
EOF
