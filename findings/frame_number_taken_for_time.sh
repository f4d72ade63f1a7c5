#!/usr/bin/env bash
# Guess: frame k of a file is the k-th one that reading from the start gives, or the reader says that it cannot find it.
# What happens: OpenCV and imageio make a time of the number, by one rate for the whole file; where frames do not come evenly they return another one. A camera
#   halves its rate in the dark, after 100 of 200 frames: for number 150 OpenCV returns 173, and says that it stands at 150; for 180 imageio returns 151.
#   With one frame in four dropped, OpenCV is off by up to 5 frames and imageio by 32. imageio takes the rate of any MP4 for constant; decord counts frames,
#   and so does OpenCV if it reads from the start. None of them raises here.
# Versions: av 18.1.0, imageio 2.38.1, decord 0.6.0, opencv-python-headless 5.0.0.93; seen 2026-11-30.
# Who is hurt: whoever jumps to a frame of a phone's, webcam's or screen's recording, to draw a pair for training or to go on after a break: the box of frame k
#   then lies on the picture of another one.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check av==18.1.0 imageio==2.38.1 decord==0.6.0 opencv-python-headless==5.0.0.93 numpy==2.4.6
v/bin/python - <<'EOF'
import sys
from fractions import Fraction

import av
import cv2
import decord
import imageio.v3 as iio
import numpy as np

unit, n, asked = Fraction(1, 3000), 200, [1, 50, 99, 120, 150, 180]


def picture(k): return np.repeat(np.repeat(np.array([k >> b & 1 for b in range(8)], np.uint8)*255, 16)[None], 64, 0)[..., None].repeat(3, 2)


def number(f): return sum(int(f[32, 8+16*b].mean() > 128) << b for b in range(8))


def write(path, gaps):
    with av.open(path, "w") as c:
        s = c.add_stream("libx264", rate=30); s.width, s.height, s.pix_fmt = 128, 64, "yuv420p"
        s.time_base = s.codec_context.time_base = unit
        for k, at in enumerate(np.cumsum(gaps)-gaps[0]):
            f = av.VideoFrame.from_ndarray(picture(k), format="rgb24"); f.pts, f.time_base = int(at), unit
            c.mux(s.encode(f))
        c.mux(s.encode())


def in_order(path):
    c, got = cv2.VideoCapture(path), []
    while (r := c.read())[0]: got.append(number(r[1]))
    return got == list(range(n))


def opencv(path, k):
    c = cv2.VideoCapture(path); c.set(cv2.CAP_PROP_POS_FRAMES, k)
    assert c.get(cv2.CAP_PROP_POS_FRAMES) == k
    return number(c.read()[1])


def imageio(path, k):
    try: return number(iio.imread(path, index=k, plugin="pyav"))
    except Exception as e: return type(e).__name__


gaps = {"even": np.full(n, 100), "halved": np.where(np.arange(n) < 100, 100, 200), "dropped": np.random.default_rng(0).choice([100, 100, 100, 200], n)}
off = {}
for name, g in gaps.items():
    write(path := f"{name}.mp4", g)
    r = decord.VideoReader(path)
    got = dict(opencv=[opencv(path, k) for k in asked], imageio=[imageio(path, k) for k in asked], decord=[number(r[k].asnumpy()) for k in asked])
    off |= {(name, k): sum(a != b for a, b in zip(v, asked)) for k, v in got.items()}
    print(f"rate {name}: asked for {asked},", ", ".join(f"{k} gives {v}" for k, v in got.items()))
    assert in_order(path)
if not all(off[k, t] for k in ("halved", "dropped") for t in ("opencv", "imageio")): sys.exit("frames are found by number now")
if any(v for (k, t), v in off.items() if k == "even" or t == "decord"): sys.exit("other frames than before are wrong now")
EOF
