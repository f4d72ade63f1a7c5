#!/usr/bin/env bash
# Guess: a grey picture of 16 bits that is made one of 8 keeps its picture, whichever library does it.
# What happens: Pillow's `convert("RGB")` and `convert("L")` cut at 255 what OpenCV and PyAV divide by 256 or 257. A thermal frame of 27000 to 33000 is white throughout, and so is
#   all but the first 1/256 of any other. torchvision's `decode_image(mode="RGB")` gives 16 bits. None of them says so.
# Versions: pillow 13.0.0 (11.3.0 does the same), opencv-python-headless 5.0.0.93, av 18.1.0, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever opens thermal or depth frames by the usual `Image.open(f).convert("RGB")`: the tracker sees white, and says where it thinks its target is.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check pillow==13.0.0 opencv-python-headless==5.0.0.93 av==18.1.0 numpy==2.4.6
v/bin/python - <<'EOF'
import sys

import av
import cv2
import numpy as np
import PIL
from PIL import Image


def by_av(f):
    with av.open(f) as c: return next(c.decode(video=0)).to_ndarray(format="rgb24")[..., 0]


readers = {f"Pillow {PIL.__version__}, RGB": lambda f: np.asarray(Image.open(f).convert("RGB"))[..., 0], f"Pillow {PIL.__version__}, L": lambda f: np.asarray(Image.open(f).convert("L")),
           f"OpenCV {cv2.__version__}": lambda f: cv2.imread(f)[..., 0], f"PyAV {av.__version__}": by_av}
seen = []
for what, low, high in (("thermal", 27000, 33000), ("full range", 0, 65535)):
    frame = np.tile(np.linspace(low, high, 241).round().astype(np.uint16), (16, 1)); Image.fromarray(frame).save("a.png")
    if (np.asarray(Image.open("a.png")) != frame).any(): sys.exit("Pillow opens other frames now")
    for k, f in readers.items():
        v = f("a.png"); seen.append((int(v.min()), int(v.max()), len(np.unique(v))))
        print(f"{what}, {low} to {high}, by {k}: {v.min()} to {v.max()}, {len(np.unique(v))} grey levels, {(v == 255).mean():.0%} white")
if seen[:2] != [(255, 255, 1)]*2 or {n for _, _, n in seen[4:6]} != {2}: sys.exit("Pillow converts otherwise now")
if any(h-l < 20 or n < 20 for l, h, n in seen[2:4]+seen[6:]): sys.exit("OpenCV or PyAV converts otherwise now")
EOF
