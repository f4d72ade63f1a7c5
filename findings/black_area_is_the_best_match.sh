#!/usr/bin/env bash
# Guess: `cv2.matchTemplate` with `TM_CCOEFF_NORMED` finds the target in a picture of floats from 0 to 1 where it finds it in the same one of 8 bits.
# What happens: where the picture is black, the score is 0/0. OpenCV gives 0 if the sums over the window are exact, as for whole numbers. Those of k/255 are not: what their
#   rounding leaves is not small beside the square sum of a black window, which is all that it is compared with, and black scores up to 1, more than the target.
#   With a mask, any constant area is NaN or infinite, for 8 bits, too; `argmax` takes a NaN for the largest. scikit-image's `match_template` gives 0 there.
# Versions: opencv-python-headless 5.0.0.93 and 4.12.0.88, scikit-image 0.26.0, numpy 2.2.6; seen 2026-11-30.
# Who is hurt: whoever uses it as a tracker to compare with, or to find a lost target: letterboxed video, padded crops and night have black areas, and the box
#   jumps there with a score that looks sure.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
cat > match.py <<'EOF'
import sys

import cv2
import numpy as np
from skimage.feature import match_template

rng = np.random.default_rng(0)


def smooth(shape): x = cv2.GaussianBlur(rng.normal(size=shape), (0, 0), 2); return (x-x.min())/np.ptp(x)*255


scene = smooth((240, 320))
target = scene[100:130, 220:250].round()
black = np.s_[160:211, 100:171] # where a template of this size lies in black alone
frames = []
for noise in (0, 6, 12, 20, 30):
    f = np.clip(scene+rng.normal(0, noise, scene.shape), 0, 255).round(); f[160:, 100:200] = 0; frames.append((noise, f))
ok = True
for noise, f in frames:
    row = []
    for label, kind, by in (("8 bits", np.uint8, 1), ("floats to 255", np.float32, 1), ("floats to 1", np.float32, 255)):
        a, b = (f/by).astype(kind), (target/by).astype(kind)
        r = cv2.matchTemplate(a, b, cv2.TM_CCOEFF_NORMED); _, best, _, at = cv2.minMaxLoc(r)
        mask = np.ones_like(b); mask[:5] = 0
        m = cv2.matchTemplate(a, b, cv2.TM_CCOEFF_NORMED, mask=mask)
        row.append(f"{label}: best {best:.2f} at {at}, black up to {r[black].max():.2f}, with a mask {np.mean(~np.isfinite(m[black])):.0%} of black is no number")
        ok &= (r[black].max() > .3) == (by == 255) and not np.isfinite(m[black]).all() and abs(r[100, 220]-1) < .25
    s = match_template(f/255, target/255); row.append(f"scikit-image, floats to 1: best {s.max():.2f} at {tuple(map(int, np.unravel_index(s.argmax(), s.shape)[::-1]))}")
    ok &= s[100, 220] == s.max()
    print(f"OpenCV {cv2.__version__}, noise of {noise}, target at (220, 100)", *row, sep="\n   ")
if not ok: sys.exit("constant areas are matched otherwise now")
EOF
for v in 4.12.0.88 5.0.0.93; do
    python3 -m venv v$v; v$v/bin/pip install -q --disable-pip-version-check opencv-python-headless==$v scikit-image==0.26.0 numpy==2.2.6
    v$v/bin/python match.py
done
