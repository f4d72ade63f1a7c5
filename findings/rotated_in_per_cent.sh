#!/usr/bin/env bash
# Guess: a rotated rectangle of Label Studio is exported to COCO, YOLO and VOC as the box around it, the same one in all three.
# What happens: three boxes. To COCO the rotation is computed in per cent of the image, of its width along x and of its height along y: in a frame of 16:9 the corners are somewhere else. Of a ship of 400 by 100
#   pixels at 40 degrees the box is 421 by 221, not 371 by 334, and 50 pixels too far to the left; the overlap is .61. To YOLO and VOC the rotation is left out: 400 by 100. Nothing is said.
#   YOLO_OBB has the corners right. In a square image COCO is right. And COCO's annotations are numbered from 0, which pycocotools takes for none.
# Versions: label-studio-sdk 2.1.2, numpy 2.2.6; seen 2026-11-30.
# Who is hurt: whoever draws rotated targets (ships, cars from above, text), and trains or evaluates with upright boxes of an export.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check label-studio-sdk==2.1.2 numpy==2.2.6
v/bin/python -W ignore - 2> log <<'EOF' || { cat log; exit 1; }
import importlib.metadata
import json
import math
import sys
from pathlib import Path
from xml.etree import ElementTree

from label_studio_sdk.converter import Converter

config = '<View><Image name="image" value="$image"/><RectangleLabels name="label" toName="image"><Label value="ship"/></RectangleLabels></View>'
x, y, w, h, angle = 900, 300, 400, 100, 40 # the corner about which Label Studio rotates, sides and degrees


def exported(W, H):
    """Export a frame of W by H pixels with the ship in four formats; return each upright box as (x, y, w, h), and the box around the ship."""
    at = Path(f"{W}x{H}"); at.mkdir()
    value = dict(x=100*x/W, y=100*y/H, width=100*w/W, height=100*h/H, rotation=angle, rectanglelabels=["ship"])
    result = dict(id="a", type="rectanglelabels", from_name="label", to_name="image", original_width=W, original_height=H, image_rotation=0, value=value)
    (at/"in.json").write_text(json.dumps([dict(id=1, data=dict(image="frame.jpg"), annotations=[dict(id=1, result=[result])])]))
    to = Converter(config, str(at), download_resources=False)
    to.convert_to_coco(str(at/"in.json"), str(at/"coco"), is_dir=False)
    to.convert_to_yolo(str(at/"in.json"), str(at/"yolo"), is_dir=False)
    to.convert_to_yolo(str(at/"in.json"), str(at/"obb"), is_dir=False, is_obb=True)
    to.convert_to_voc(str(at/"in.json"), str(at/"voc"), is_dir=False)
    [a] = json.loads((at/"coco"/"result.json").read_text())["annotations"]
    cx, cy, bw, bh = (float(v) for v in next((at/"yolo"/"labels").glob("*.txt")).read_text().split()[1:])
    p = [float(v) for v in next((at/"obb"/"labels").glob("*.txt")).read_text().split()[1:]]
    xml = ElementTree.parse(next((at/"voc").rglob("*.xml"))).find(".//bndbox"); l, t, r, b = (float(xml.find(k).text) for k in ("xmin", "ymin", "xmax", "ymax"))
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    boxes = dict(around=box([x, x+w*c, x+w*c-h*s, x-h*s], [y, y+w*s, y+w*s+h*c, y+h*c]), COCO=a["bbox"], YOLO=[(cx-bw/2)*W, (cy-bh/2)*H, bw*W, bh*H], VOC=[l, t, r-l, b-t],
                 YOLO_OBB=box([v*W for v in p[::2]], [v*H for v in p[1::2]]))
    return {k: [round(v) for v in b] for k, b in boxes.items()}, a["id"]


def box(xs, ys): return [min(xs), min(ys), max(xs)-min(xs), max(ys)-min(ys)]


def overlap(a, b):
    i = math.prod(max(0, min(a[k]+a[k+2], b[k]+b[k+2])-max(a[k], b[k])) for k in (0, 1)); return round(i/(a[2]*a[3]+b[2]*b[3]-i), 2)


print("label-studio-sdk", importlib.metadata.version("label-studio-sdk"))
seen = {size: exported(*size) for size in ((1920, 1080), (1920, 1920))}
for size, (boxes, name) in seen.items():
    print(f"{size[0]} by {size[1]}, box around the ship {boxes['around']}; COCO's annotation has the number {name}")
    for k, b in boxes.items(): print(f"    {k}: {b}, overlap with the box around the ship {overlap(b, boxes['around'])}")
wide, square = (seen[s][0] for s in seen)
if wide["COCO"] != [786, 300, 421, 221] or wide["YOLO"] != [x, y, w, h] or max(abs(a-b) for a, b in zip(wide["VOC"], wide["YOLO"])) > 1 or wide["YOLO_OBB"] != wide["around"] or square["COCO"] != square["around"]:
    sys.exit("rotated rectangles are exported otherwise now")
EOF
