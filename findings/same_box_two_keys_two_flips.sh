#!/usr/bin/env bash
# Guess: `bbox_xyxy` of kornia's AugmentationSequential takes corners as kornia's own `Boxes` in mode "xyxy" does, and torchvision.
# What happens: it takes the second corner as the last pixel that belongs to the box. A target that fills pixels 100 to 179 has the corners 100 and 180;
#   flipped, rotated by 90 or 180 degrees, its box lies one pixel beside the picture, while `bbox_xywh` of the same box hits it.
#   The container reads `bbox_xyxy` as "xyxy_plus", which its documentation does say, and `bbox_xywh` as "xywh", which ends before x+w.
# Versions: kornia 0.9.0, torch 2.13.0; seen 2026-11-30.
# Who is hurt: whoever flips pairs for training: in half of them the box is off by a pixel to the left, a shift that does not average out.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check kornia==0.9.0 torch==2.13.0 numpy==2.4.6
v/bin/python - <<'EOF'
import sys

import kornia
import kornia.augmentation as K
import torch
from kornia.geometry.boxes import Boxes

corners, xywh = torch.tensor([[[100., 80, 180, 140]]]), torch.tensor([[[100., 80, 80, 60]]])
picture = torch.zeros(1, 3, 240, 320); picture[..., 80:140, 100:180] = 1


def filled(p): # corners of what is white
    y, x = torch.where(p[0, 0] > .5)
    return [float(v) for v in (x.min(), y.min(), x.max()+1, y.max()+1)]


def by_kornia(make, key, box):
    p, b = K.AugmentationSequential(make, data_keys=["input", key])(picture, box)
    x, y, a, c = b.flatten().tolist()
    return filled(p), [round(v, 2) for v in ((x, y, x+a, y+c) if key == "bbox_xywh" else (x, y, a, c))]


print("kornia", kornia.__version__)
print("a box of 80 by 60 pixels, as Boxes sees it in mode xyxy:", Boxes.from_tensor(corners, mode="xyxy").to_tensor("xywh").flatten().tolist())
off = {}
turns = {"flip": K.RandomHorizontalFlip(p=1.), "upside down": K.RandomVerticalFlip(p=1.), "half turn": K.RandomRotation((180., 180.), p=1.)}
for name, t in turns.items():
    for key, box in dict(bbox_xyxy=corners, bbox_xywh=xywh).items():
        seen, box = by_kornia(t, key, box)
        off[name, key] = max(abs(a-b) for a, b in zip(seen, box))
        print(f"{name}, {key}: the target fills {seen}, its box is {box}")
if any(abs(v-(k[1] == "bbox_xyxy")) > .01 for k, v in off.items()): sys.exit("boxes lie elsewhere now")
EOF
