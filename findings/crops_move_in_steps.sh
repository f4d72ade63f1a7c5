#!/usr/bin/env bash
# Guess: `cv2.warpAffine` of floats moves an image by the fraction of a pixel that is asked for, and the same call crops the same in OpenCV 4 and 5.
# What happens: OpenCV 4 rounds each position to 1/32 pixel, for floats too: asked for 1/128, it does not move. Weights come from a table of 32 steps.
#   `remap` and `warpPerspective` do the same; `getRectSubPix` does not. OpenCV 5 moves as asked, but Lanczos keeps the steps. A crop of noise in 8 bits differs
#   by up to 6 grey levels of 255 between the two; from exact interpolation it is .9 off on average in OpenCV 4, and .25, which is rounding, in 5.
# Versions: opencv-python-headless 4.14.0.94 (4.13.0.92 does the same) and 5.0.0.93, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever reproduces a tracker's figures with another OpenCV: its crops are others. And whoever measures shifts below .03 pixels, or
#   differentiates a score by the place of its crop.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
cat > moved.py <<'EOF'
import json

import cv2
import numpy as np

x = np.arange(64, dtype=np.float32)
bell = np.exp(-(x-31.5)**2/50); blob = np.outer(bell, bell)
steps = [k/256 for k in range(0, 17, 2)]
warp = {"linear": cv2.INTER_LINEAR, "Lanczos": cv2.INTER_LANCZOS4}


def centre(o): return float((o.sum(0)*np.arange(o.shape[1])).sum()/o.sum())


def shifted(s, how): return cv2.warpAffine(blob, np.array([[1, 0, s], [0, 1, 0.]]), (64, 64), flags=warp[how] | cv2.WARP_INVERSE_MAP)


def mapped(s): return cv2.remap(blob, *np.meshgrid(x+np.float32(s), x), cv2.INTER_LINEAR)


def cut(s): return cv2.getRectSubPix(blob, (63, 63), (31.5+s, 31.5))


def moved(f): return [round((centre(f(0))-centre(f(s)))*256, 1) for s in steps]


noise = np.random.default_rng(0).integers(0, 256, (240, 320), dtype=np.uint8)
crop = cv2.warpAffine(noise, np.array([[.9, 0, 60.013], [0, .9, 40.017]]), (127, 127), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
(v, u), k = np.mgrid[:127, :127]*.9+np.array([40.017, 60.013])[:, None, None], noise.astype(float)
i, j = v.astype(int), u.astype(int); a, b = v-i, u-j
exact = (1-a)*((1-b)*k[i, j]+b*k[i, j+1])+a*((1-b)*k[i+1, j]+b*k[i+1, j+1])
print(json.dumps(dict(version=cv2.__version__, linear=moved(lambda s: shifted(s, "linear")), Lanczos=moved(lambda s: shifted(s, "Lanczos")),
                      remap=moved(mapped), getRectSubPix=moved(cut), off=round(float(abs(crop-exact).mean()), 2), worst=round(float(abs(crop-exact).max()), 1),
                      crop=crop.tolist())))
EOF
for v in 4.14.0.94 5.0.0.93; do
    python3 -m venv v$v; v$v/bin/pip install -q --disable-pip-version-check opencv-python-headless==$v numpy==2.4.6
    v$v/bin/python moved.py > $v.json
done
v5.0.0.93/bin/python - <<'EOF'
import json
import sys

import numpy as np

old, new = (json.load(open(f"{k}.json")) for k in ("4.14.0.94", "5.0.0.93"))
asked = list(range(0, 17, 2))
print("asked to move by", asked, "of 256 parts of a pixel, the middle of a blob moves by")
for o in (old, new):
    for k in ("linear", "Lanczos", "remap", "getRectSubPix"): print(f"OpenCV {o['version']}, {k}: {o[k]}")
    print(f"OpenCV {o['version']}: a crop of noise is off by {o['off']} grey levels on average, {o['worst']} at most")
print("largest difference between the two crops:", np.abs(np.subtract(old["crop"], new["crop"])).max())
stuck = {(o["version"][0], k): o[k][1] == 0 for o in (old, new) for k in ("linear", "remap", "Lanczos", "getRectSubPix")}
if [k for k, v in stuck.items() if v] != [("4", "linear"), ("4", "remap"), ("4", "Lanczos"), ("5", "Lanczos")]: sys.exit("other functions move in steps now")
if old["off"] < .6 or new["off"] > .3: sys.exit("crops are rounded otherwise now")
EOF
