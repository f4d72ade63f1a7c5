#!/usr/bin/env bash
# Guess: seven frames written to a lossless animation are seven frames when it is read again.
# What happens: a frame equal to the one before is not stored; its time is added to that one's. Pillow does so in GIF and WebP, and in PNG as soon as a duration is given;
#   OpenCV in PNG and WebP, not in GIF. PyAV's GIF keeps all. The times of the rest stay right, their numbers do not: where a target rests for
#   a frame, all that follow are one frame early.
# Versions: Pillow 13.0.0, opencv-python-headless 5.0.0.93, av 18.1.0, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever stores short sequences as animations beside boxes by frame, generated ones above all, where nothing moves now and then: each box after that belongs
#   to another frame, and a tracker that is right is marked wrong.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check Pillow==13.0.0 opencv-python-headless==5.0.0.93 av==18.1.0 numpy==2.4.6
v/bin/python - <<'EOF'
import sys

import av
import cv2
import numpy as np
import PIL
from PIL import Image

left = [5, 13, 21, 21, 29, 37, 45] # the target rests once
frames = [np.full((48, 64, 3), 200, np.uint8) for _ in left]
for a, x in zip(frames, left): a[10:20, x:x+10] = (200, 30, 30)


def pillow(name, **kw): first, *rest = map(Image.fromarray, frames); first.save(name, save_all=True, append_images=rest, **kw)


def opencv(name):
    clip = cv2.Animation(); clip.frames, clip.durations = [a[..., ::-1].copy() for a in frames], np.full(len(frames), 40, np.int32)
    if not cv2.imwriteanimation(name, clip): sys.exit("not written")


def pyav(name):
    with av.open(name, "w") as f:
        s = f.add_stream("gif", rate=25); s.width, s.height, s.pix_fmt = 64, 48, "rgb8"
        for a in [*map(av.VideoFrame.from_ndarray, frames), None]: f.mux(s.encode(a))


def read(name):
    with Image.open(name) as f:
        for k in range(f.n_frames): f.seek(k); yield int(np.argmax(np.array(f.convert("RGB"))[15, :, 1] < 100))


seen = {}
for label, write, name, kw in (("Pillow, GIF", pillow, "a.gif", dict(duration=40)), ("Pillow, WebP", pillow, "a.webp", dict(duration=40, lossless=True)),
                               ("Pillow, PNG", pillow, "a.png", dict(duration=40)), ("Pillow, PNG without a duration", pillow, "b.png", {}),
                               ("OpenCV, GIF", opencv, "c.gif", {}), ("OpenCV, WebP", opencv, "c.webp", {}), ("OpenCV, PNG", opencv, "c.png", {}), ("PyAV, GIF", pyav, "d.gif", {})):
    write(name, **kw); at = list(read(name)); seen[label] = len(at)
    again = len(cv2.imreadanimation(name)[1].frames)
    print(f"{label}: {len(frames)} written, {len(at)} read by Pillow, {again} by OpenCV; left edge of the target {at}")
    if again != len(at) or abs(at[-1]-left[-1]) > 1: sys.exit("animations are read otherwise now")
print("Pillow", PIL.__version__, "OpenCV", cv2.__version__, "av", av.__version__)
if [k for k, n in seen.items() if n == 7] != ["Pillow, PNG without a duration", "OpenCV, GIF", "PyAV, GIF"]: sys.exit("equal frames are stored otherwise now")
EOF
