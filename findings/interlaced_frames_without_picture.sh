#!/usr/bin/env bash
# Guess: OpenCV reads an interlaced video as it always did: woven frames, or an error.
# What happens: from 4.13 on, `read` says True for every frame and hands over arrays that hold no picture: the conversion inside refuses
#   interlaced frames, writes a line to stderr, and its result is given back all the same. 4.12 and PyAV give the picture.
# Versions: opencv-python-headless 4.12.0.88, 4.13.0.92 and 5.0.0.93; av 18.1.0; seen 2026-11-27.
# Who is hurt: whoever reads broadcasts, DVDs or old cameras: trackers run on, datasets are cut, without an error.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check av==18.1.0 numpy==2.2.6
v/bin/python - <<'EOF'
import av
import numpy as np


def field(t): im = np.full((128, 160, 3), 60, np.uint8); im[32:96, 10+4*t:50+4*t] = 220; return im


with av.open("tv.mp4", "w") as c:
    s = c.add_stream("libx264", rate=25, options={"x264-params": "interlaced=1:tff=1"}); s.width, s.height, s.pix_fmt = 160, 128, "yuv420p"
    for i in range(10):
        woven = field(2*i); woven[1::2] = field(2*i+1)[1::2]; c.mux(s.encode(av.VideoFrame.from_ndarray(woven, format="rgb24")))
    c.mux(s.encode())
with av.open("tv.mp4") as c: fs = list(c.decode(video=0))
means = [f.to_ndarray(format="rgb24").mean() for f in fs]
print("PyAV", len(fs), "interlaced frames, mean", round(means[0])); assert len(fs) == 10 and all(f.interlaced_frame for f in fs) and all(75 < m < 85 for m in means)
EOF
for o in 4.12.0.88 4.13.0.92 5.0.0.93; do
  v/bin/pip install -q --disable-pip-version-check opencv-python-headless==$o
  v/bin/python - 2>err.txt <<'EOF'
import cv2
import numpy as np

cap, good = cv2.VideoCapture("tv.mp4"), []
while (r := cap.read())[0]: good.append(75 < r[1].mean() < 85)
print("OpenCV", cv2.__version__, len(good), "frames,", sum(good), "with the picture")
assert len(good) == 10 and sum(good) == (10 if cv2.__version__ == "4.12.0" else 0)
EOF
  grep -m1 -o "Cannot convert interlaced.*" err.txt || test $o = 4.12.0.88
done
