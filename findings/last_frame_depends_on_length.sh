#!/usr/bin/env bash
# Guess: moviepy gives as many frames as a video has.
# What happens: it reads the duration that FFmpeg prints, in hundredths of a second, multiplies it by the rate and cuts the product down. 20 frames at 24 per second are .83 s and so
#   19 frames. Of the lengths from 20 to 59 a third lose the last frame at 24 and 60 frames per second, 3 of 40 at 25; at 240 some get one twice instead. What `write_videofile`
#   writes is as short. `decode_file=True` is no help: it cuts down where the other rounds. Asked for the time of the last frame, moviepy has it.
# Versions: moviepy 2.2.1, imageio-ffmpeg 0.8.1, av 18.1.0, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever reads annotated clips with it, or cuts them: there is a box more than frames, for some clips and not for others, and which ones depends on their length.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check moviepy==2.2.1 imageio-ffmpeg==0.8.1 av==18.1.0 numpy==2.4.6
v/bin/python - <<'EOF'
import sys
from importlib.metadata import version

import av
import numpy as np
from moviepy import VideoFileClip


def write(name, n, rate): # each frame is brighter than the one before
    with av.open(name, "w") as f:
        s = f.add_stream("libx264", rate=rate); s.width, s.height, s.pix_fmt, s.options = 64, 64, "yuv420p", {"qp": "0"}
        for k in range(n): f.mux(s.encode(av.VideoFrame.from_ndarray(np.full((64, 64, 3), 4*k, np.uint8))))
        f.mux(s.encode())


def count(name):
    with av.open(name) as f: return sum(1 for _ in f.decode(video=0))


def number(a): return round(int(a[32, 32, 0])/4)


def read(name, **kw):
    with VideoFileClip(name, **kw) as c: return [number(a) for a in c.iter_frames()], c.duration


print("moviepy", version("moviepy"), "imageio-ffmpeg", version("imageio-ffmpeg")); ok = []
for n, rate in ((20, 24), (21, 24), (29, 25), (31, 30), (20, 60)):
    write("a.mp4", n, rate); stored = count("a.mp4"); (at, seconds), (decoded, _) = read("a.mp4"), read("a.mp4", decode_file=True)
    with VideoFileClip("a.mp4") as c: last = number(c.get_frame((n-1)/rate)); c.write_videofile("b.mp4", logger=None)
    print(f"{stored} frames at {rate} per second, {seconds} s for moviepy: {len(at)} frames, the last is number {at[-1]}; {len(decoded)} with decode_file; {count('b.mp4')} after writing;"
          f" at the time of the last frame there is number {last}")
    ok.append(stored == n and at == list(range(n-(n != 21))) and len(decoded) == n-1 and count("b.mp4") == len(at) and last == n-1)
lost = {}
for rate in (24, 25, 60, 240):
    lost[rate] = [0, 0]
    for n in range(20, 60):
        write("a.mp4", n, rate)
        with VideoFileClip("a.mp4") as c: lost[rate][0] += c.n_frames < n; lost[rate][1] += c.n_frames > n
    print(f"{rate} frames per second, 40 lengths: {lost[rate][0]} too short, {lost[rate][1]} too long")
if not all(ok): sys.exit("frames are counted otherwise now")
if list(lost.values()) != [[13, 0], [3, 0], [14, 0], [17, 7]]: sys.exit("other lengths are cut now")
EOF
