#!/usr/bin/env bash
# Guess: equal tensors with equal metadata are equal files, so that a digest of the file identifies the weights.
# What happens: with two or more metadata keys their order in the header changes from process to process (not with the hash seed of Python,
#   which is fixed here): some of twelve files differ from the first. Without metadata, or with one key, all are equal.
# Versions: safetensors 0.8.0, numpy 2.4.6; seen 2026-11-27.
# Who is hurt: caches, locks and reproducibility checks that go by the file's digest; compare tensors instead.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check safetensors==0.8.0 numpy==2.4.6
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do PYTHONHASHSEED=0 v/bin/python - >>digests.txt <<'EOF'
from hashlib import sha256

import numpy as np
from safetensors.numpy import load, save

t = {"a": np.arange(4, dtype=np.float32), "b": np.ones((2, 2), np.float32)}
two = save(t, {"step": "1", "recipe": "ours", "seed": "2"})
assert all((load(two)[k] == v).all() for k, v in t.items())
print(*(sha256(b).hexdigest()[:12] for b in (save(t), save(t, {"step": "1"}), two)))
EOF
done
v/bin/python - <<'EOF'
none, one, three = (set(c) for c in zip(*(o.split() for o in open("digests.txt"))))
print("digests of twelve files: no metadata", len(none), "· one key", len(one), "· three keys", len(three))
assert len(none) == len(one) == 1 < len(three)
EOF
