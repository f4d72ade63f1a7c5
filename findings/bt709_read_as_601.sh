#!/usr/bin/env bash
# Guess: a video that says that its colours are BT.709 gives the same RGB in two versions of a reader.
# What happens: PyAV 16 reads the tag (`frame.colorspace` is 1) and converts as BT.601 all the same; PyAV 17 follows it. OpenCV changes in
#   the same way from 4.12 to 4.13. A pure red comes back as (232, 0, 1) or as (254, 0, 0).
# Versions: av 16.1.0 and 17.0.0, opencv-python-headless 4.12.0.88 and 4.13.0.92; seen 2026-11-27.
# Who is hurt: whoever compares figures of a network over environments, or trains with one reader and runs with the other.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
for o in "av==16.1.0 opencv-python-headless==4.12.0.88" "av==17.0.0 opencv-python-headless==4.13.0.92"; do
  rm -rf v; python3 -m venv v; v/bin/pip install -q --disable-pip-version-check $o numpy==2.2.6
  v/bin/python - <<'EOF'
import os

import av
import cv2
import numpy as np

if not os.path.exists("hd.mp4"):
    with av.open("hd.mp4", "w") as c:
        s = c.add_stream("libx264", rate=25, options={"crf": "1"}); s.width, s.height, s.pix_fmt = 1280, 720, "yuv420p"
        cc = s.codec_context; cc.colorspace = cc.color_primaries = cc.color_trc = cc.color_range = 1 # BT.709, limited range
        yuv = np.concatenate([np.full((n, 1280), v, np.uint8) for n, v in ((720, 63), (180, 102), (180, 240))]) # its red
        for _ in range(3):
            f = av.VideoFrame.from_ndarray(yuv, format="yuv420p"); f.colorspace = 1; c.mux(s.encode(f))
        c.mux(s.encode())
with av.open("hd.mp4") as c: f = next(c.decode(video=0))
pyav, opencv = f.to_ndarray(format="rgb24")[60, 80].tolist(), cv2.VideoCapture("hd.mp4").read()[1][60, 80, ::-1].tolist()
print("av", av.__version__, "colorspace", int(f.colorspace), pyav, "· opencv", cv2.__version__, opencv)
want = [232, 0, 1] if av.__version__ == "16.1.0" else [254, 0, 0]
assert int(f.colorspace) == 1 and np.abs(np.subtract([pyav, opencv], want)).max() <= 2
EOF
done
