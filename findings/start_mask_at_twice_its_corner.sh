#!/usr/bin/env bash
# Guess: a tracker of masks that starts from a box gets the mask of that box.
# What happens: vot-toolkit draws the box into a mask that begins at the image's corner, and then says that the mask begins at the box's corner. The mask lies
#   at twice the box's position: a box at (20, 30) becomes a mask at (40, 60), with an overlap of 0. Only a box at (0, 0) stays. The setting `convert = mask`
#   of the adapter for folders hands this mask to a tracker as its target. A polygon is converted in place.
# Versions: vot-toolkit 0.9.0, attributee 0.1.9 (the toolkit cannot be imported with 0.1.10), numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever runs a tracker of masks (SAM 2, Cutie, XMem) on sequences whose truth are boxes: it follows background from the first frame on.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check vot-toolkit==0.9.0 attributee==0.1.9 numpy==2.4.6
v/bin/python - <<'EOF'
import sys

from vot import toolkit_version
from vot.region import Mask, Polygon, Rectangle, calculate_overlap
from vot.region.io import parse_region
from vot.tracker import ObjectQuery
from vot.tracker.folder import generate_query_file


def handed_over(region, convert):
    "The region that a tracker reads from the file which the toolkit writes for it"
    generate_query_file(".", "target", ObjectQuery(region, {}, 0), convert=convert)
    return parse_region(open("query_target.txt").read().split("\n")[1])


print("vot-toolkit", toolkit_version())
seen = {}
for box in ((0, 0, 10, 10), (20, 30, 10, 10), (20, 30, 100, 100)):
    r = Rectangle(*box)
    m, p = handed_over(r, "mask"), handed_over(Polygon.convert(r), "mask")
    seen[box] = [round(calculate_overlap(o, r, (640, 480)), 3) for o in (m, p)]
    print(f"box {box}: mask from {m.bounds()[:2]} to {m.bounds()[2:]}, overlap with the box {seen[box][0]}; from its polygon {seen[box][1]}")
    assert Mask.convert(r).bounds() == m.bounds()
if [o[0] for o in seen.values()] != [1., 0., .389] or min(o[1] for o in seen.values()) < .8: sys.exit("masks are made otherwise now")
EOF
