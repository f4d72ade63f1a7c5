#!/usr/bin/env bash
# Guess: a reader gives the frames of an MP4 that players show, or says that some are missing.
# What happens: a clip cut out without encoding again keeps the pictures from the last key frame on and hides them by an edit list. PyAV and
#   OpenCV give the 40 that are shown; imageio's PyAV plugin gives 60, the last 20 without a picture; decord gives 60, the last one 21 times in
#   a batch, and another frame at the same number when it is asked for alone. None of them raises.
# Versions: av 18.1.0, imageio 2.38.1, decord 0.6.0, opencv-python-headless 5.0.0.93; seen 2026-11-27.
# Who is hurt: whoever counts frames to match them with annotations, or trains on trimmed clips.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check av==18.1.0 imageio==2.38.1 decord==0.6.0 opencv-python-headless==5.0.0.93 numpy==2.4.6
DECORD_DUPLICATE_WARNING_THRESHOLD=1 v/bin/python - <<'EOF'
import av
import cv2
import decord
import imageio.v3 as iio
import numpy as np

with av.open("whole.mp4", "w") as c: # frame k has a bar of 2k+2 pixels
    s = c.add_stream("libx264", rate=25); s.width, s.height, s.pix_fmt, s.codec_context.gop_size = 160, 120, "yuv420p", 30
    for k in range(60):
        im = np.full((120, 160, 3), 40, np.uint8); im[:20, :2*k+2] = 255
        c.mux(s.encode(av.VideoFrame.from_ndarray(im, format="rgb24")))
    c.mux(s.encode())
with av.open("whole.mp4") as i, av.open("cut.mp4", "w") as o: # from the 20th frame on, by copying packets
    s = i.streams.video[0]; to = o.add_stream_from_template(s); at = int(.8/s.time_base)
    for p in i.demux(s):
        if p.dts is not None: p.pts -= at; p.dts -= at; p.stream = to; o.mux(p)


def bar(im): return int((np.asarray(im)[4].mean(-1) > 150).sum()//2-1) # number of the frame; -1: no picture


with av.open("cut.mp4") as c: announced, pyav = c.streams.video[0].frames, [bar(f.to_ndarray(format="rgb24")) for f in c.decode(video=0)]
cap, opencv = cv2.VideoCapture("cut.mp4"), []
while (r := cap.read())[0]: opencv.append(bar(r[1]))
imageio = iio.imread("cut.mp4", plugin="pyav")
batch = [bar(f) for f in decord.VideoReader("cut.mp4").get_batch(range(60)).asnumpy()]
alone = bar(decord.VideoReader("cut.mp4")[38].asnumpy())
print("announced", announced, "· PyAV", len(pyav), "· OpenCV", len(opencv), "· imageio", len(imageio), "· decord", len(batch))
print("decord's frame 38 shows", batch[38], "in a batch and", alone, "alone")
want = list(range(20, 60))
assert announced == 60 and pyav == opencv == want
assert len(imageio) == 60 and [bar(f) for f in imageio[:40]] == want and 59 not in [bar(f) for f in imageio[40:]]
assert batch == want+[59]*20 and batch[38] == 58 and alone == 38
EOF
