#!/usr/bin/env bash
# Guess: two small matrix products in NumPy, a tenth of a millisecond, cost a tenth of a millisecond, whatever runs after them.
# What happens: the threads of NumPy's OpenBLAS wait for the next product at full speed, for milliseconds. OpenVINO, which runs next on as
#   many threads as there are cores, waits for the core that such a thread holds: an inference of 2 ms takes half as long again, or twice
#   as long. `threadpoolctl` with one thread for BLAS around the products, which are no slower for it, gives the time back.
# Versions: numpy 2.4.6, openvino 2026.4.1, threadpoolctl 3.8.0, Python 3.11, two cores; seen 2026-11-29.
# Who is hurt: whoever post-processes a detector's or a tracker's output in NumPy between inferences on a CPU, or times the network alone.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check numpy==2.4.6 openvino==2026.4.1 threadpoolctl==3.8.0
env -u OMP_NUM_THREADS -u OPENBLAS_NUM_THREADS v/bin/python - <<'EOF'
import os
import sys
import time
from contextlib import nullcontext

import numpy as np
import openvino as ov
from openvino import opset13 as op
from threadpoolctl import ThreadpoolController

cores = len(os.sched_getaffinity(0))
if cores < 2: sys.exit("one core: nothing to see")
rng = np.random.default_rng(0); half = [0, 0]
x = y = op.parameter([1, 3, 255, 255], np.float32)
for c, k, s in ((32, 11, 2), (64, 5, 2), (64, 3, 1), (64, 3, 2)):
    w = rng.normal(size=(c, y.get_output_partial_shape(0)[1].get_length(), k, k)).astype(np.float32)
    y = op.relu(op.convolution(y, op.constant(w), [s, s], half, half, [1, 1]))
net = ov.Core().compile_model(ov.Model([y], [x]), "CPU", dict(INFERENCE_NUM_THREADS=cores, PERFORMANCE_HINT="LATENCY", ENABLE_CPU_PINNING=False))
request, image = net.create_infer_request(), rng.normal(size=(1, 3, 255, 255)).astype(np.float32)
U, v = rng.normal(size=(272, 17)).astype(np.float32), rng.normal(size=(17, 17)).astype(np.float32)
blas = ThreadpoolController().select(user_api="blas")


def medians(around, products, n=200):
    own, net_ = [], []
    for _ in range(n):
        t = time.perf_counter()
        if products:
            with around(): U @ v @ U.T
        u = time.perf_counter(); request.infer([image], share_inputs=True); own.append(u-t); net_.append(time.perf_counter()-u)
    return 1e3*np.median(own), 1e3*np.median(net_)


one = lambda: blas.limit(limits=1)
rounds = [(medians(nullcontext, False), medians(nullcontext, True), medians(one, True)) for _ in range(5)]
alone, many, single = (np.median([r[i] for r in rounds], axis=0) for i in range(3))
print(f"{cores} cores, BLAS: {[o['num_threads'] for o in blas.info()]} threads")
print(f"inference alone {alone[1]:.2f} ms; after products of {many[0]:.2f} ms on all threads {many[1]:.2f} ms; after products of {single[0]:.2f} ms on one thread {single[1]:.2f} ms")
assert many[1] > 1.3*single[1] and single[1] < 1.15*alone[1]
EOF
