#!/usr/bin/env bash
# Guess: with Hugging Face's datasets in the format of NumPy, `d[0]["t"]` and `d[:1]["t"][0]` are the same number, of the type that the column has.
# What happens: a row keeps a number as it is stored, a batch of rows makes 32 bits of 64 where it is a fraction, and 64 of 8 where it is whole. Times of day in seconds
#   since 1970 are then 128 s apart: eight frames at 25 per second have one time in a batch, and .04 s between them by row. Lists are changed in rows, too. `map`
#   writes what it was given: batched, a column of 64 bits is rounded in the new file as well, under a type that still says 64 where the column has its old name.
# Versions: datasets 5.2.0, pyarrow 26.0.1, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever keeps times of frames, and looks at rows to see that they are right. And masks in 8 bits need eight times the memory in a batch.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check datasets==5.2.0 pyarrow==26.0.1 numpy==2.4.6
HF_HOME="$d" HF_HUB_OFFLINE=1 v/bin/python -W ignore - <<'EOF'
import sys

import datasets
import numpy as np

datasets.disable_progress_bars()
times = [1.7644608e9+k/25 for k in range(8)]
stored = datasets.Dataset.from_dict(dict(time=times, box=[[100.1, 50.2, 30.3, 40.4]]*8, mask=[[0, 255]]*8, grey=[250]*8), features=datasets.Features(
    time=datasets.Value("float64"), box=datasets.List(datasets.Value("float64")), mask=datasets.List(datasets.Value("uint8")), grey=datasets.Value("uint8")))
d = stored.with_format("numpy")
print("datasets", datasets.__version__)
row, batch, types = d[0], d[:], {}
for k in ("time", "grey", "box", "mask"):
    types[k] = str(np.asarray(row[k]).dtype), str(batch[k].dtype)
    print(f"{k}: stored as {getattr(stored.features[k], 'feature', stored.features[k]).dtype}, {types[k][0]} in a row, {types[k][1]} in a batch")
by_row, by_batch = np.diff([d[k]["time"] for k in range(8)]), np.diff(batch["time"])
print("between frames, by row:", *by_row.round(3)); print("between frames, in a batch:", *by_batch)
ways = {"rows of a loop": next(iter(d))["time"], "batches of a loop": next(d.iter(4))["time"], "a list of rows": d[[0]]["time"], "a stream": next(iter(d.to_iterable_dataset()))["time"]}
for k, v in ways.items(): print(f"{k}: {v.dtype}")


def same(r): return dict(time=r["time"]+0)


off = {}
for what, batched in (("row by row", False), ("batched", True)):
    m = d.map(same, batched=batched).with_format(None); off[what] = float(np.abs(np.subtract(m["time"][:], times)).max())
    print(f"map, {what}: stored as {m.features['time'].dtype}, off by up to {off[what]:.2f} s")
if types != dict(time=("float64", "float32"), grey=("uint8", "int64"), box=("float32", "float32"), mask=("int64", "int64")): sys.exit("types are chosen otherwise now")
if abs(by_row-.04).max() > 1e-3 or by_batch.any(): sys.exit("times are kept otherwise now")
if [str(v.dtype) for v in ways.values()] != ["float64", "float32", "float32", "float64"]: sys.exit("loops choose types otherwise now")
if off["row by row"] or off["batched"] < .1: sys.exit("maps keep times otherwise now")
EOF
