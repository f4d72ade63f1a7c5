#!/usr/bin/env bash
# Guess: OpenCV reads a folder of JPEG frames to the same pixels by `imread` and by `VideoCapture("%08d.jpg")`.
# What happens: `imread` decodes with libjpeg, which interpolates the colours that most JPEGs store at half size. `VideoCapture` decodes with FFmpeg, which repeats
#   each of them for 2 × 2 pixels: values differ by a grey level on average, and by up to 40 at the edge of a coloured target, where `imread` is nearer to the picture
#   that was stored. Pillow is equal to `imread`, PyAV to `VideoCapture`. Where colours are stored at full size the two differ by 3 at most. With
#   `cv2.CAP_IMAGES`, `VideoCapture` decodes as `imread` does.
# Versions: opencv-python-headless 5.0.0.93, Pillow 13.0.0, av 18.1.0, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever trains with one reader and tracks with the other, or compares figures: the folders of OTB, VOT, LaSOT and GOT-10k hold such JPEGs, and features
#   at the edge of a coloured target are others.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check opencv-python-headless==5.0.0.93 Pillow==13.0.0 av==18.1.0 numpy==2.4.6
v/bin/python - <<'EOF'
import sys

import av
import cv2
import numpy as np
from PIL import Image

y, x = np.mgrid[:480, :640]
whole = np.where(((x-322)**2+(y-242)**2 < 120**2)[..., None], (200, 40, 30), (110, 120, 115)).astype(np.uint8)
target = cv2.resize(whole, (160, 120), interpolation=cv2.INTER_AREA) # a red disc on grey


def readings(name):
    yield "imread", cv2.imread(name)[..., ::-1]
    yield "Pillow", np.array(Image.open(name))
    yield "VideoCapture", cv2.VideoCapture("%08d.jpg").read()[1][..., ::-1]
    with av.open(name) as f: yield "PyAV", next(f.decode(video=0)).to_ndarray(format="rgb24")
    yield "VideoCapture with CAP_IMAGES", cv2.VideoCapture("%08d.jpg", cv2.CAP_IMAGES).read()[1][..., ::-1]


print("OpenCV", cv2.__version__); seen = {}
for label, frame, colours in (("target", target, 2), ("target, colours at full size", target, 0)):
    Image.fromarray(frame).save("00000001.jpg", quality=95, subsampling=colours)
    of = {k: v.astype(int) for k, v in readings("00000001.jpg")}
    for k, v in of.items():
        off, error = abs(v-of["imread"]), np.sqrt(((v-frame)**2).mean())
        print(f"{label}: {k} differs from imread by {off.mean():.2f} on average, {off.max()} at most; from what was stored by {error:.2f} (root of the mean square)")
        seen[label, k] = off.max(), error
if any(seen["target", k][0] for k in ("Pillow", "VideoCapture with CAP_IMAGES")): sys.exit("imread decodes otherwise now")
if seen["target", "VideoCapture"][0] < 20 or seen["target", "VideoCapture"][1] < seen["target", "imread"][1] or seen["target, colours at full size", "VideoCapture"][0] > 4:
    sys.exit("VideoCapture decodes otherwise now")
EOF
