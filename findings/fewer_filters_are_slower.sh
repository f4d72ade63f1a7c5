#!/usr/bin/env bash
# Guess: a convolution with fewer filters takes no longer, so a light network may have any number of them.
# What happens: in OpenVINO's CPU plugin a grouped convolution in 8 bits takes three times as long with 24 channels in two groups of 12 as with 32 in
#   groups of 16, and twice as long as with 48 in groups of 24, which has twice the operations. From 16 per group on, each channel costs the same.
# Versions: openvino 2026.4.1, numpy 2.4.6, Python 3.11, a CPU with AVX-512 VNNI; seen 2026-11-29.
# Who is hurt: whoever prunes a network of groups to a share of its filters (AlexNet's conv2, ResNeXt) and measures operations, not time.
set -eu
grep -q avx512_vnni /proc/cpuinfo || { echo "not to be seen here: this CPU has no AVX-512 VNNI"; exit 0; }
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check numpy==2.4.6 openvino==2026.4.1
v/bin/python - <<'EOF'
import statistics
import sys
import time

import numpy as np
import openvino as ov
import openvino.opset13 as op

def fake(x, low, high, levels=256):
    low, high = (op.constant(np.float32(v)) for v in (low, high))
    return op.fake_quantize(x, low, high, low, high, levels)

def grouped(channels, filters=64, groups=2, side=61):
    "A 5×5 convolution in 8 bits as a model: floats in, floats out"
    rng = np.random.default_rng(0)
    x = op.parameter([1, channels, side, side], np.float32)
    w = rng.normal(0, .02, (groups, filters//groups, channels//groups, 5, 5)).astype(np.float32)
    y = op.group_convolution(fake(x, 0, 2), fake(op.constant(w), -.1, .1, 255), [1, 1], [0, 0], [0, 0], [1, 1])
    return ov.Model([fake(op.relu(y), 0, 2)], [x])

def measured(channels):
    m = ov.Core().compile_model(grouped(channels), "CPU", {"PERFORMANCE_HINT": "LATENCY", "PERF_COUNT": True, "INFERENCE_NUM_THREADS": 1})
    r, x, spent = m.create_infer_request(), np.random.default_rng(0).random((1, channels, 61, 61), np.float32)*2, []
    for k in range(130):
        r.infer([x])
        p = next(o for o in r.get_profiling_info() if o.node_type == "GroupConvolution")
        if k >= 30: spent.append(p.real_time.total_seconds()*1e3)
    return p.exec_type, statistics.median(spent)

rows = {c: measured(c) for c in (16, 24, 32, 40, 48, 64)}
for c, (kernel, ms) in rows.items(): print(f"{c} channels in two groups of {c//2}, 64 filters: {kernel}, {ms:.3f} ms, {ms/c*1e3:.1f} µs per channel")
if rows[24][1] < 1.3*rows[48][1]: sys.exit("24 channels are no longer slower than 48")
EOF
