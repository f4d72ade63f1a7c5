#!/usr/bin/env bash
# Guess: FFmpeg's `-vf fps=1` takes of each second its first frame, and so does `-r 1`: of a video with 30 frames per second number 0, 30, 60, …
# What happens: the filter rounds the time of each frame to the nearest second, and keeps the last of those that share one: frame 14, 44, 74, …, half a second later than
#   the time that it gives them. At 5 per second it is 2, 8, 14, …. `-r 1` writes 0, 1, 26, 56, 86, 116: six pictures of four seconds, the first two a frame apart.
#   `fps=1:round=up` and `select` give 0, 30, 60, ….
# Versions: FFmpeg 9.0.2 of imageio-ffmpeg 0.8.1, av 18.1.0, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever takes frames out of a video to annotate them, and then reads the video itself: box k is that of frame 30k-16, and a target that moves is beside it.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check imageio-ffmpeg==0.8.1 av==18.1.0 numpy==2.4.6
v/bin/python - <<'EOF'
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np


def numbered(n): # each frame is as bright as its number
    for k in range(n): yield av.VideoFrame.from_ndarray(np.full((16, 16, 3), k, np.uint8))


def write(name, n, rate):
    with av.open(name, "w") as f:
        s = f.add_stream("ffv1", rate=rate); s.width, s.height, s.pix_fmt = 16, 16, "bgr0"
        for a in [*numbered(n), None]: f.mux(s.encode(a))


def number(frame): return int(frame.to_ndarray(format="rgb24")[8, 8, 0])


def pictures(name, *how): # which frames of the video the program writes as pictures
    out = Path(tempfile.mkdtemp(dir="."))
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", name, *how, str(out/"%04d.png")], check=True); seen = []
    for p in sorted(out.iterdir()):
        with av.open(str(p)) as f: seen.append(number(next(f.decode(video=0))))
    return seen


def filtered(n, rate, fps): # the same filter in PyAV, with the times that it gives
    g = av.filter.Graph(); source = g.add_buffer(width=16, height=16, format="rgb24", time_base=Fraction(1, rate)); f, sink = g.add("fps", fps), g.add("buffersink")
    source.link_to(f); f.link_to(sink); g.configure(); seen = []
    for k, a in enumerate([*numbered(n), None]):
        if a is not None: a.pts, a.time_base = k, Fraction(1, rate)
        g.push(a)
        while True:
            try: b = g.pull()
            except (av.error.BlockingIOError, av.error.EOFError): break
            seen.append((number(b), float(b.pts*b.time_base)))
    return seen


print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version(), "av", av.__version__)
ok = []
for rate in (30, 25):
    name = f"{rate}.mkv"; write(name, 4*rate, rate); every = f"select=not(mod(n\\,{rate}))"
    ways = {"-vf fps=1": ["-vf", "fps=1"], "-vf fps=5": ["-vf", "fps=5"], "-r 1": ["-r", "1"], "-vf fps=1:round=up": ["-vf", "fps=1:round=up"], "-vf select": ["-vf", every, "-fps_mode", "passthrough"]}
    seen = {k: pictures(name, *how) for k, how in ways.items()}
    for k, at in seen.items(): print(f"4 seconds of {rate} frames, {k}: {len(at)} pictures, of frame", *at[:8], *["…"]*(len(at) > 8))
    by_av = filtered(4*rate, rate, "1"); print("  in PyAV:", ", ".join(f"frame {k}, which is of {k/rate:.2f} s, at {t:.0f} s" for k, t in by_av))
    first, last = [k*rate for k in range(4)], [k*rate+(rate-1)//2 for k in range(4)]; ok.append(seen["-vf fps=1"] == [k for k, _ in by_av] == last and [t for _, t in by_av] == [0, 1, 2, 3])
    ok.append(seen["-vf fps=5"][0] == 2 and seen["-vf fps=1:round=up"] == seen["-vf select"] == first and len(seen["-r 1"]) == 6 and seen["-r 1"][:2] == [0, 1])
if not all(ok): sys.exit("frames are chosen otherwise now")
EOF
