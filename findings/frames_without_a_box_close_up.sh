#!/usr/bin/env bash
# Guess: Datumaro converts CVAT's annotations of a video to MOT's text with the frames that they have: what is in frame 10 is in frame 10 or, counted from 1, in 11.
# What happens: its reader makes items of frames that have a box alone, and names them `frame_000010`; its writer takes an item's name for the frame if it is a number, and else counts items.
#   So a target that is seen in frames 10 to 14, and another in 30 to 32, are in frames 1 to 10 of `gt.txt`: gaps close up, and the attribute `frame`, which has the number, is not asked. And
#   the box that CVAT writes with `outside="1"` to end a track, where there is no target, is one like any other: confidence 1, visibility 1. Nothing is said, with the pictures beside it or not.
# Versions: datumaro 1.13.12, numpy 2.2.6; seen 2026-11-30.
# Who is hurt: whoever annotates in CVAT and evaluates with a MOT toolkit: boxes are of other frames from the first gap on, and each track is a frame too long.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check datumaro==1.13.12 numpy==2.2.6
v/bin/python -W ignore - 2> log <<'EOF' || { cat log; exit 1; }
import importlib.metadata
import sys
from pathlib import Path

from datumaro import Dataset
from PIL import Image

tracks = range(10, 15), range(30, 33) # frames in which the two targets are seen, of 40


def box(frame, x, outside=0, key=0):
    return f'<box frame="{frame}" outside="{outside}" occluded="0" keyframe="{key}" xtl="{x}" ytl="50.0" xbr="{x+40}" ybr="90.0" z_order="0"></box>'


def track(name, frames):
    """Write a track as CVAT does: each frame, and then a key frame that says that the target is gone."""
    return (f'<track id="{name}" label="car" source="manual">' + "".join(box(k, 10.+k, 0, int(k in (frames[0], frames[-1]))) for k in frames)
            + box(frames[-1]+1, 10.+frames[-1], 1, 1) + "</track>")


meta = """<meta><task><id>1</id><name>clip</name><size>40</size><mode>interpolation</mode><overlap>0</overlap><start_frame>0</start_frame><stop_frame>39</stop_frame>
<labels><label><name>car</name><attributes></attributes></label></labels><original_size><width>320</width><height>240</height></original_size></task></meta>"""
seen = {}
for pictures in (False, True):
    at = Path(f"cvat{pictures:d}"); at.mkdir()
    (at/"annotations.xml").write_text(f'<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version>{meta}{"".join(track(k, f) for k, f in enumerate(tracks))}</annotations>')
    if pictures:
        (at/"images").mkdir()
        for k in range(40): Image.new("RGB", (320, 240)).save(at/"images"/f"frame_{k:06d}.png")
    Dataset.import_from(str(at), "cvat").export(str(at/"mot"), "mot_seq_gt")
    seen[pictures] = [[float(v) for v in r.split(",")] for r in (at/"mot"/"gt"/"gt.txt").read_text().split()]
print("datumaro", importlib.metadata.version("datumaro"))
print("frames of the targets:", *(list(f) for f in tracks))
for pictures, rows in seen.items():
    print(f"frames in gt.txt, pictures beside it {pictures}:", *([int(r[0]) for r in rows if r[1] == k] for k in (1, 2)), "· confidence and visibility of the end of the tracks:", *(rows[k][i] for k in (5, 9) for i in (6, 8)))
if any([int(r[0]) for r in rows] != list(range(1, 11)) or any(r[6] != 1 or r[8] != 1 for r in rows) for rows in seen.values()): sys.exit("frames are counted otherwise now")
EOF
