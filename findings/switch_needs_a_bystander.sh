#!/usr/bin/env bash
# Guess: whether a target's track is broken, or changes its name, depends on that target's boxes alone; two toolkits of the same measures count the same.
# What happens: TrackEval's CLEAR passes over a frame in which the tracker has no box at all, and what it remembers of the frame before stays. So a target that is lost
#   for two frames of five, one at a time, has no fragmentation; with another target that is tracked elsewhere it has two. And of two boxes after the gap it takes the one of the old
#   name, if it was passed over, and else the better one: no switch, or one, and another MOTA. motmetrics says the same with and without the other target.
# Versions: trackeval 1.3.0, numpy 2.4.6; motmetrics 1.4.0, numpy 1.26.4, pandas 3.0.6; scipy 1.17.1; seen 2026-11-30.
# Who is hurt: whoever compares trackers on videos of one target or few, as with a single-object tracker: fragmentations and switches go down where a tracker
#   loses everything at once. And whoever compares figures of the two toolkits.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
cat > clips.py <<'EOF'
# a clip is a list of (targets, boxes of the tracker), each a name with its place; all boxes are 100 by 100
at, near, off, aside = (10, 10), (14, 10), (30, 10), (10, 310)
gap = [([(0, at)], b) for b in ([(0, at)], [], [(0, at)], [], [(0, at)])]
two = [([(0, at)], b) for b in ([(0, at)], [], [(0, off), (1, near)], [(0, off), (1, near)])]


def beside(clip): return [(t+[(1, aside)], b+[(2, aside)]) for t, b in clip]


clips = {"lost twice": gap, "lost twice, another target aside": beside(gap), "two boxes after a gap": two, "two boxes after a gap, another target aside": beside(two)}
EOF
cat > with_trackeval.py <<'EOF'
import contextlib
import io
import json

import numpy as np
from clips import clips

with contextlib.redirect_stdout(io.StringIO()): from trackeval.metrics import CLEAR


def overlap(a, b): i = np.prod(np.maximum(0, 100-abs(np.subtract(a, b)))); return i/(2e4-i)


seen = {}
for name, clip in clips.items():
    data = dict(gt_ids=[np.array([k for k, _ in t], int) for t, _ in clip], tracker_ids=[np.array([k for k, _ in b], int) for _, b in clip], num_timesteps=len(clip),
                similarity_scores=[np.array([[overlap(p, q) for _, q in b] for _, p in t]).reshape(len(t), len(b)) for t, b in clip], num_gt_ids=2, num_tracker_ids=3,
                num_gt_dets=sum(len(t) for t, _ in clip), num_tracker_dets=sum(len(b) for _, b in clip), seq=name)
    r = CLEAR(dict(PRINT_CONFIG=False, THRESHOLD=.5)).eval_sequence(data); seen[name] = [int(r["IDSW"]), int(r["Frag"]), round(float(r["MOTA"]), 3)]
print(json.dumps(seen))
EOF
cat > with_motmetrics.py <<'EOF'
import json

import motmetrics as mm
import numpy as np
from clips import clips


def boxes(places): return np.array([[*p, 100, 100] for _, p in places], float).reshape(-1, 4)


seen = {}
for name, clip in clips.items():
    acc = mm.MOTAccumulator(auto_id=True)
    for t, b in clip: acc.update([k for k, _ in t], [k for k, _ in b], mm.distances.iou_matrix(boxes(t), boxes(b), max_iou=.5))
    r = mm.metrics.create().compute(acc, metrics=["num_switches", "num_fragmentations", "mota"], return_dataframe=False)
    seen[name] = [int(r["num_switches"]), int(r["num_fragmentations"]), round(float(r["mota"]), 3)]
print(json.dumps(seen))
EOF
python3 -m venv a; a/bin/pip install -q --disable-pip-version-check numpy==2.4.6 scipy==1.17.1 pycocotools==2.0.11 tabulate==0.9.0 tqdm==4.70.1
a/bin/pip install -q --disable-pip-version-check --no-deps trackeval==1.3.0 # without what it draws with
python3 -m venv b; b/bin/pip install -q --disable-pip-version-check motmetrics==1.4.0 numpy==1.26.4 pandas==3.0.6 scipy==1.17.1
a/bin/python -W ignore with_trackeval.py > a.json; b/bin/python -W ignore with_motmetrics.py > b.json
python3 - <<'EOF'
import json
import sys

a, b = (json.load(open(k)) for k in ("a.json", "b.json"))
for k in a: print(f"{k}: TrackEval 1.3.0 {a[k][0]} switches, {a[k][1]} fragmentations, MOTA {a[k][2]}; motmetrics 1.4.0 {b[k][0]}, {b[k][1]}, {b[k][2]}")
if [v[:2] for v in a.values()] != [[0, 0], [0, 2], [0, 0], [1, 1]]: sys.exit("TrackEval counts otherwise now")
if [v[:2] for v in b.values()] != [[0, 2], [0, 2], [0, 1], [0, 1]]: sys.exit("motmetrics counts otherwise now")
EOF
