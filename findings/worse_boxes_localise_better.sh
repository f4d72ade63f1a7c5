#!/usr/bin/env bash
# Guess: LocA, the accuracy of localisation beside HOTA, is the mean overlap of the boxes that were matched; a tracker whose boxes are worse has less of it.
# What happens: it is a mean over 19 thresholds, and at each threshold that no box reaches TrackEval counts 1, for a sum of nothing and a number of nothing are both raised to 1e-10
#   before the one is divided by the other. Boxes that overlap by .9 everywhere have a LocA of .91, by .5 of .74, by .3 of .78, by .1 of .91: below .5 it rises while the boxes get worse,
#   and boxes that meet no target have 1, as has a tracker without boxes. `LocA(0)`, of the lowest threshold, is the overlap itself. `trackers` of Roboflow says the same, and calls it the mean overlap.
# Versions: trackeval 1.3.0, trackers 2.6.1, supervision 0.31.2, numpy 2.4.6, scipy 1.17.1; seen 2026-11-30.
# Who is hurt: whoever reads the column as "how exact are the boxes", and compares trackers or settings by it: the gain may be of boxes that became too bad to count.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check numpy==2.4.6 scipy==1.17.1 tabulate==0.9.0 tqdm==4.70.1 trackers==2.6.1 supervision==0.31.2
v/bin/pip install -q --disable-pip-version-check --no-deps trackeval==1.3.0 pycocotools==2.0.11 # without what it draws with
v/bin/python -W ignore - <<'EOF'
import contextlib
import importlib.metadata
import io
import sys

import numpy as np

with contextlib.redirect_stdout(io.StringIO()): from trackeval.metrics import HOTA
from trackers.eval import compute_hota_metrics

n, one = 100, np.array([0])


def scores(overlap):
    """Score a target of 100 frames whose boxes all overlap it by `overlap`, by both."""
    similar = [np.array([[overlap]])]*n
    data = dict(gt_ids=[one]*n, tracker_ids=[one]*n, num_timesteps=n, similarity_scores=similar, num_gt_ids=1, num_tracker_ids=1, num_gt_dets=n, num_tracker_dets=n)
    a, b = HOTA().eval_sequence(data), compute_hota_metrics([one]*n, [one]*n, similar)
    return [round(float(x), 2) for x in (a["LocA"].mean(), b["LocA"], a["LocA(0)"], a["HOTA"].mean())]


for k in ("trackeval", "trackers"): print(k, importlib.metadata.version(k))
seen = {o: scores(o) for o in (.9, .7, .5, .3, .1, 0.)}
for o, (a, b, zero, hota) in seen.items(): print(f"all boxes overlap by {o}: LocA {a} in TrackEval, {b} in trackers; LocA(0) {zero}, HOTA {hota}")
if [v[0] for v in seen.values()] != [.91, .78, .74, .78, .91, 1] or any(v[0] != v[1] for v in seen.values()): sys.exit("localisation is averaged otherwise now")
EOF
