#!/usr/bin/env bash
# Guess: a box and the polygon of its four corners are the same region, and a tracker that returns exactly the true region has an overlap of 1.
# What happens: in vot-toolkit a box of 10 by 10 covers 100 pixels, and its polygon 121: corners are pixels that belong to a polygon, while a box ends before
#   x+w. The perfect box has an overlap of .83; one that is a pixel too wide and too high has 1. And regions whose common bounds are one pixel
#   wide or high are "identical": two lines of pixels, 270 pixels apart, have an overlap of 1, too.
# Versions: vot-toolkit 0.9.0, attributee 0.1.9 (the toolkit cannot be imported with 0.1.10), numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever measures a tracker of boxes on VOT-2014 to VOT-2019, whose truth are polygons: small targets bound its accuracy below 1, and boxes
#   that are too large gain. Figures of exact areas differ from the toolkit's.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check vot-toolkit==0.9.0 attributee==0.1.9 numpy==2.4.6
v/bin/python - <<'EOF'
import sys

from vot import toolkit_version
from vot.region import Polygon, Rectangle, calculate_overlap

print("vot-toolkit", toolkit_version())
size, seen = (640, 480), {}
for w, h in ((10, 10), (20, 40), (100, 100)):
    truth = Polygon([(20, 30), (20+w, 30), (20+w, 30+h), (20, 30+h)])
    seen[w, h] = [round(calculate_overlap(o, truth, size), 3) for o in (Rectangle(20, 30, w, h), Rectangle(20, 30, w+1, h+1), truth)]
    print(f"truth a polygon of {w} by {h}: overlap of the same box {seen[w, h][0]}, of a box one pixel larger {seen[w, h][1]}, of itself {seen[w, h][2]}")
apart = calculate_overlap(Rectangle(20, 30, 1, 10), Rectangle(20, 300, 1, 10), size)
print("two boxes of 1 by 10, one 270 pixels below the other: overlap", apart)
if [o[0] for o in seen.values()] != [.826, .929, .98] or any(o[1:] != [1., 1.] for o in seen.values()) or apart != 1: sys.exit("regions are drawn otherwise now")
EOF
