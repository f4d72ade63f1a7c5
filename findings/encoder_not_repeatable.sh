#!/usr/bin/env bash
# Guess: x264 with one thread makes the same bytes of the same frames, as long as the settings are the same.
# What happens: with its default settings it does not, not even within one process: what was decoded between two encodings changes the second, by up
#   to tens of levels in single pixels of the decoded frames. Without its macroblock tree (`mbtree=0`) all files are equal, byte for byte.
# Versions: av 18.1.0 (libavcodec 62.28.102, its own libx264), numpy 2.4.1, scikit-image 0.26.0; seen 2026-11-29.
# Who is hurt: whoever checks a video by its hash, stores crops as video and expects to write the same file again, or compares boxes of a tracker on a
#   video that each run of a test writes anew.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check av==18.1.0 numpy==2.4.1 scikit-image==0.26.0
v/bin/python - <<'EOF'
import io
from hashlib import sha256

import av
import numpy as np
from skimage import data

picture = data.astronaut()
frames = [np.ascontiguousarray(picture[60+2*i:300+2*i, 40+3*i:360+3*i]) for i in range(12)]

def encode(params):
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        s = file.add_stream("libx264", rate=25, options={"crf": "12", "x264-params": params})
        s.width, s.height, s.pix_fmt, s.codec_context.thread_count = 320, 240, "yuv420p", 1
        for f in frames: file.mux(s.encode(av.VideoFrame.from_ndarray(f, format="rgb24")))
        file.mux(s.encode())
    return out.getvalue()

def decode(video):
    with av.open(io.BytesIO(video)) as file: return np.stack([f.to_ndarray(format="rgb24") for f in file.decode(video=0)]).astype(int)

print("av", av.__version__, "libavcodec", av.library_versions["libavcodec"])
kinds = {}
for params in ("threads=1", "threads=1:mbtree=0"):
    files, first, most = set(), None, 0
    for _ in range(60):
        video = encode(params); files.add(sha256(video).hexdigest()); seen = decode(video)
        first = seen if first is None else first
        most = max(most, np.abs(seen-first).max())
    kinds[params] = len(files)
    print(f"{params}: {len(files)} different files of 60, pixels differ by up to {most}")
assert kinds["threads=1"] > 1 and kinds["threads=1:mbtree=0"] == 1
EOF
