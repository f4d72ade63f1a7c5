#!/usr/bin/env bash
# Guess: Deep SORT of deep-sort-realtime passes over a detection without width or height, with the appearance that belongs to it.
# What happens: it drops the box, and keeps the appearance: of the two lists that you hand over, `raw_detections` and `embeds`, it filters the first before it pairs them. From the empty box on each box has the appearance of the
#   one before. Two targets that cross keep their names; with an empty box before them in the list, at the left edge, during the crossing they exchange names for good, and after them in the list they do not.
#   Masks and `others` move along. With the embedder of the package it does not happen, for that sees the filtered boxes.
# Versions: deep-sort-realtime 1.3.2, numpy 2.4.6, scipy 1.17.1, opencv-python-headless 5.0.0.93; seen 2026-11-30.
# Who is hurt: whoever computes appearances outside, and cuts boxes at the edges of the frame, where some become empty: targets in the middle of the frame change their names
#   because of one that leaves it.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check numpy==2.4.6 scipy==1.17.1 opencv-python-headless==5.0.0.93
v/bin/pip install -q --disable-pip-version-check --no-deps deep-sort-realtime==1.3.2 # without another OpenCV
v/bin/python -W ignore - <<'EOF'
import importlib.metadata
import sys

import numpy as np
from deep_sort_realtime.deepsort_tracker import DeepSort

right, left, other = np.eye(3) # appearances of the target that goes to the right, of that which goes to the left, and of the one that is leaving
empty = ([0, 100, 0, 120], .6, "target") # cut at the left edge: no width


def left_edges(order):
    """Track two targets that cross at frame 12; return where each name is in the last of 26 frames. `order` places the empty box, in frames 10 to 17."""
    tracker = DeepSort(embedder=None)
    for k in range(26):
        boxes, looks = [([250+4*k, 100, 60, 120], .9, "target"), ([346-4*k, 100, 60, 120], .9, "target")], [right, left]
        if order and 10 <= k < 18: boxes, looks = ([empty, *boxes], [other, *looks]) if order == "first" else ([*boxes, empty], [*looks, other])
        tracks = tracker.update_tracks(boxes, embeds=looks)
    return {t.track_id: int(t.to_ltrb(orig=True)[0]) for t in tracks if t.is_confirmed()}


print("deep-sort-realtime", importlib.metadata.version("deep-sort-realtime"))
seen = {order: left_edges(order) for order in (None, "last", "first")}
for order, at in seen.items(): print(f"empty box in the list: {order}: target 1 went from 250 to {at['1']}, target 2 from 346 to {at['2']}")
if list(seen.values()) != [{"1": 350, "2": 246}]*2+[{"1": 246, "2": 350}]: sys.exit("appearances are paired otherwise now")
EOF
