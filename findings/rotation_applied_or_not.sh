#!/usr/bin/env bash
# Guess: the frames of a phone's video stand as players show them, in every library that is built on FFmpeg.
# What happens: OpenCV and decord turn them by the display matrix; PyAV only tells it (`frame.rotation`, -90), and so do tools on top of it:
#   imageio's PyAV plugin gives frames that lie on their side. Height and width of the stream are those of the lying picture, too.
# Versions: av 18.1.0, imageio 2.38.1, decord 0.6.0, opencv-python-headless 5.0.0.93; seen 2026-11-27.
# Who is hurt: whoever draws boxes in a player and tracks, crops or trains through PyAV: the boxes belong to other places.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check av==18.1.0 imageio==2.38.1 decord==0.6.0 opencv-python-headless==5.0.0.93 numpy==2.4.6
v/bin/python - <<'EOF'
import struct

import av
import cv2
import decord
import imageio.v3 as iio
import numpy as np

with av.open("phone.mp4", "w") as c:
    s = c.add_stream("libx264", rate=25); s.width, s.height, s.pix_fmt = 160, 96, "yuv420p"
    for _ in range(5): c.mux(s.encode(av.VideoFrame.from_ndarray(np.full((96, 160, 3), 90, np.uint8), format="rgb24")))
    c.mux(s.encode())
b = bytearray(open("phone.mp4", "rb").read()); k = b.find(b"tkhd"); at = k+8+(32 if b[k+4] == 1 else 20)+16
b[at:at+36] = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 96 << 16, 0, 1 << 30) # the matrix that a phone writes when it is held upright
open("phone.mp4", "wb").write(b)
with av.open("phone.mp4") as c: f = next(c.decode(video=0)); size = (c.streams.video[0].height, c.streams.video[0].width)
got = dict(pyav=f.to_ndarray(format="rgb24").shape, imageio=iio.imread("phone.mp4", plugin="pyav")[0].shape,
           opencv=cv2.VideoCapture("phone.mp4").read()[1].shape, decord=decord.VideoReader("phone.mp4")[0].shape)
print(got, "PyAV's rotation", f.rotation, "and size", size)
assert got == dict(pyav=(96, 160, 3), imageio=(96, 160, 3), opencv=(160, 96, 3), decord=(160, 96, 3)) and f.rotation == -90 and size == (96, 160)
EOF
