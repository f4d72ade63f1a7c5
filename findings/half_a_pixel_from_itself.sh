#!/usr/bin/env bash
# Guess: `cv2.phaseCorrelate` measures a shift to a fraction of a pixel, and finds none between a picture and itself.
# What happens: pictures are filled up with zeros to a length that has small factors only, and if that is odd, its middle is taken for half of it: a picture of 131 pixels becomes
#   135, and is then half a pixel from itself, in x and y; one of 125 stays, and is, too. One of 127 becomes 128, and is at 0. And fractions are drawn to whole
#   pixels: of fine texture that moves by .3 pixels (around the edge, without noise) it finds .04, by .7 it finds .96. scikit-image finds both to .01.
# Versions: opencv-python-headless 5.0.0.93 (4.13.0.92 and 4.14.0.94 say the same), scikit-image 0.26.0, scipy 1.17.1, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever stabilises a video by it, or finds the camera's motion between frames for a tracker: each frame adds half a pixel, 15 per second, if
#   a side of the crop is of the wrong length; and slow motion is not seen.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check opencv-python-headless==5.0.0.93 scikit-image==0.26.0 scipy==1.17.1 numpy==2.4.6
v/bin/python - <<'EOF'
import sys

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.registration import phase_cross_correlation

rng = np.random.default_rng(0)


def texture(n): return gaussian_filter(rng.normal(size=(n, n)), 1, mode="wrap")


def moved(x, s): return np.fft.ifft2(np.fft.fft2(x)*np.exp(-2j*np.pi*np.fft.fftfreq(len(x))*s)).real # exactly, around the edge


print("OpenCV", cv2.__version__)
selves = {}
for n in (120, 121, 125, 127, 128, 131, 133, 251, 255, 257):
    x = texture(n); (u, v), _ = cv2.phaseCorrelate(x, x.copy()); selves[n] = (cv2.getOptimalDFTSize(n), round(u, 2)+0., round(v, 2)+0.)
    print(f"{n} by {n}, filled up to {selves[n][0]}: a picture is ({selves[n][1]}, {selves[n][2]}) from itself")
asked, x, window, seen = (.1, .2, .3, .4, .6, .7, .8, .9), texture(128), cv2.createHanningWindow((128, 128), cv2.CV_64F), {}
seen["OpenCV"] = [round(cv2.phaseCorrelate(x, moved(x, s))[0][0], 2) for s in asked]
seen["OpenCV, Hann window"] = [round(cv2.phaseCorrelate(x, moved(x, s), window)[0][0], 2) for s in asked]
seen["scikit-image"] = [round(-float(phase_cross_correlation(x, moved(x, s), upsample_factor=100)[0][1]), 2) for s in asked]
print("128 by 128, asked for", *asked)
for k, s in seen.items(): print(f"{k} finds", *s)
odd = {n for n, (m, _, _) in selves.items() if m % 2}
if not odd or any((u, v) != ((.5, .5) if n in odd else (0, 0)) for n, (_, u, v) in selves.items()): sys.exit("pictures are filled up otherwise now")
if max(abs(np.subtract(seen["scikit-image"], asked))) > .02: sys.exit("scikit-image finds other shifts now")
for k in ("OpenCV", "OpenCV, Hann window"):
    if seen[k][2] > .1 or seen[k][5] < .9: sys.exit("fractions are found otherwise now")
EOF
