#!/usr/bin/env bash
# Guess: GOT-10k's toolkit cuts what of a predicted box lies outside of the image, and a video and its mirror image give the same figure.
# What happens: at the right and the lower edge it cuts. At the left and the upper edge it sets the corner to 0 and keeps
#   width and height: the box slides into the image. A tracker that holds the full extent of a target which leaves the image has an average overlap
#   of 1 if it leaves to the right, and of .55 for the same boxes mirrored. `rect_iou` also overwrites the boxes and the truth it is given.
# Versions: got10k 0.1.3, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever compares on GOT-10k. A tracker that clips its own boxes gains where targets leave to the left, one that does not loses, whatever they track.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check got10k==0.1.3 six==1.17.0 numpy==2.4.6 Pillow==13.0.0 matplotlib==3.11.2
MPLBACKEND=agg v/bin/python - <<'EOF'
import contextlib
import io
import sys
from pathlib import Path

import numpy as np
from got10k.experiments import ExperimentGOT10k
from got10k.utils.metrics import rect_iou
from PIL import Image

W, H, n = 640, 480, 60
right = np.array([[570+k/2, 100, 100, 80] for k in range(n)]) # the full extent of a target that leaves to the right, and where it is seen of it
cut = np.c_[right[:, :2], np.minimum(right[:, 2], W-right[:, 0]), right[:, 3]]


def mirrored(boxes): return np.c_[W-boxes[:, 0]-boxes[:, 2], boxes[:, 1:]]


(Path("data")/"val").mkdir(parents=True)
(Path("data")/"val"/"list.txt").write_text("right\nleft\n")
for name, flip in (("right", np.array), ("left", mirrored)):
    at = Path("data")/"val"/name; at.mkdir()
    for k in range(n): Image.new("RGB", (W, H)).save(at/f"{k+1:08d}.jpg")
    np.savetxt(at/"groundtruth.txt", flip(cut), fmt="%.4f", delimiter=",")
    np.savetxt(at/"cover.label", np.full(n, 8), fmt="%d")
    for k in ("absence", "cut_by_image"): np.savetxt(at/f"{k}.label", np.full(n, k == "cut_by_image"), fmt="%d")
    (at/"meta_info.ini").write_text(f"[METAINFO]\nresolution: ({W}, {H})\n")
    for tracker, boxes in (("whole", right), ("clipped", cut)):
        to = Path("results")/"GOT-10k"/tracker/name; to.mkdir(parents=True)
        np.savetxt(to/f"{name}_001.txt", flip(boxes), fmt="%.3f", delimiter=",")
        np.savetxt(to/f"{name}_time.txt", np.full(n, .01), fmt="%.8f")
with contextlib.redirect_stdout(io.StringIO()):
    report = ExperimentGOT10k("data", subset="val", result_dir="results", report_dir="reports").report(["whole", "clipped"])
ao = {(t, s): round(float(o["ao"]), 3) for t, r in report.items() for s, o in r["seq_wise"].items()}
for (tracker, side), x in ao.items(): print(f"boxes {tracker}, target leaves to the {side}: average overlap {x}")
box, truth = np.array([[-20., 10, 50, 50]]), np.array([[0., 10, 30, 50]])
x = rect_iou(box, truth, bound=(W, H))
print(f"a box from -20 to 30 against a truth from 0 to 30: overlap {x[0]:.2f}; the box afterwards: {box[0].tolist()}")
if ao["whole", "right"] != 1 or ao["whole", "left"] > .8 or abs(x[0]-.6) > 1e-6 or box[0, 0]: sys.exit("edges are treated otherwise now")
EOF
