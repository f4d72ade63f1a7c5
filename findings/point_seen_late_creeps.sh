#!/usr/bin/env bash
# Guess: a keypoint that a tracker sees for the first time is where it was detected, in x as in y. norfair means so: it sets such points to their detection, without a speed.
# What happens: it looks up x and y in two masks that are laid out differently, one point after the other and all x before all y. With three points of which the second appears in frame 1 and
#   the third in frame 3, the second has its y at once, and its x creeps from the 0 that stood for "not detected": 147, 175, 192, 202, 206 where it is 200. Whether a point is set right depends on which
#   others are seen: if all appear at once, all are right.
# Versions: norfair 2.3.0, filterpy 1.4.5, numpy 1.26.4, scipy 1.17.1; seen 2026-11-30.
# Who is hurt: whoever tracks poses or landmarks that come into view one by one, with scores, as detectors of keypoints give them: the drawn skeleton has a point far
#   to the left, and distances to the next detections are wrong while it creeps.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check norfair==2.3.0 filterpy==1.4.5 numpy==1.26.4 scipy==1.17.1
v/bin/python -W ignore - <<'EOF'
import importlib.metadata
import logging
import sys

import numpy as np
from norfair import Detection, FilterPyKalmanFilterFactory, OptimizedKalmanFilterFactory, Tracker

logging.disable(logging.WARNING)
at = np.array([[100., 100], [200, 210], [300, 320]]) # the target rests; points that are not detected are (0, 0) with a score of 0, as pose networks give them


def tracked(appear, factory):
    """Track the three points through six frames; point j is detected from frame appear[j] on."""
    tracker, seen = Tracker("mean_euclidean", 500, initialization_delay=0, filter_factory=factory()), []
    for k in range(6):
        visible = np.array(appear) <= k
        seen.append(tracker.update([Detection(at*visible[:, None], scores=visible.astype(float))])[0].estimate.round(1).tolist())
    return seen


print("norfair", importlib.metadata.version("norfair"))
by_one = {f.__name__: tracked((0, 1, 3), f) for f in (OptimizedKalmanFilterFactory, FilterPyKalmanFilterFactory)}
together = tracked((0, 1, 1), OptimizedKalmanFilterFactory)
for name, s in by_one.items(): print(f"{name}: the second point, at (200, 210), appears in frame 1 and the third in frame 3: frames 1 to 5", *(tuple(p[1]) for p in s[1:]))
print("both appear in frame 1: frames 1 to 5", *(tuple(p[1]) for p in together[1:]))
x, y = (np.array([p[1][k] for p in by_one["OptimizedKalmanFilterFactory"][1:]]) for k in (0, 1))
if (y != 210).any() or np.round(x).tolist() != [147, 175, 192, 202, 206] or any(p[1] != [200, 210] for p in together[1:]): sys.exit("late points are set otherwise now")
EOF
