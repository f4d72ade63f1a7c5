#!/usr/bin/env bash
# Guess: grey frames, of an infrared camera say, that are encoded as grey H.264 come back as they were, but for small errors of the encoder.
# What happens: FFmpeg takes grey for values from 0 to 255, and x264 stores them as they are, without a word about it. The decoder makes the grey half of a coloured frame of
#   them, which is read as the 16 to 235 of video: contrast grows by 255/219, and what was below 16 or above 235 is cut off. PyAV and OpenCV read it alike, imageio
#   writes it so, too. H.265, FFV1 and raw grey come back right, for they stay grey, and so does H.264 with colours, or with its range set:
#   `codec_context.color_range = ColorRange.JPEG`.
# Versions: av 18.1.0, opencv-python-headless 5.0.0.93, imageio 2.38.1, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever stores infrared or other grey video in this way to save space. A target of 255 in front of 240 is gone: both are 255.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check av==18.1.0 opencv-python-headless==5.0.0.93 imageio==2.38.1 numpy==2.4.6
v/bin/python - <<'EOF'
import sys

import av
import cv2
import imageio.v3 as iio
import numpy as np
from av.video.reformatter import ColorRange

levels = np.array([0, 8, 16, 64, 128, 192, 235, 245, 255], np.uint8)
frame = np.tile(np.repeat(levels, 8), (64, 1))


def pyav(name, codec, stored="gray", full=False):
    with av.open(name, "w") as f:
        s = f.add_stream(codec, rate=25); s.width, s.height, s.pix_fmt = 72, 64, stored
        if full: s.codec_context.color_range = ColorRange.JPEG
        for k in range(6): f.mux(s.encode(av.VideoFrame.from_ndarray(frame, format="gray") if k < 5 else None))


def by_imageio(name): iio.imwrite(name, np.stack([frame]*5), plugin="pyav", codec="libx264", fps=25, in_pixel_format="gray", out_pixel_format="gray")


print("written:", levels.tolist()); wrong = []
for label, write, *a in (("H.264", pyav, "a.mp4", "libx264"), ("H.264 by imageio", by_imageio, "b.mp4"), ("H.264, marked as full", pyav, "c.mp4", "libx264", "gray", True),
                         ("H.264 with colours", pyav, "d.mp4", "libx264", "yuv420p"),
                         ("H.265", pyav, "e.mp4", "libx265"), ("FFV1", pyav, "f.mkv", "ffv1"), ("raw", pyav, "g.avi", "rawvideo")):
    write(*a)
    with av.open(a[0]) as f: one = next(f.decode(video=0)).to_ndarray(format="gray")[32, 4::8].astype(int)
    two = cv2.VideoCapture(a[0]).read()[1][32, 4::8, 1].astype(int)
    print(f"{label}: PyAV {av.__version__} {one.tolist()}, OpenCV {cv2.__version__} {two.tolist()}")
    if max(abs(one-levels).max(), abs(two-levels).max()) > 3: wrong.append((label, *one[[2, 6]], *two[[2, 6]]))
if wrong != [(k, 0, 255, 0, 255) for k in ("H.264", "H.264 by imageio")]: sys.exit("grey is stored otherwise now")
EOF
