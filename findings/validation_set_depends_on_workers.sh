#!/usr/bin/env bash
# Guess: of a stream of Hugging Face's datasets, `take(n)` is the first n samples and `skip(n)` the rest: a validation set and a training set without a sample in both.
# What happens: with workers that load, the n are shared out among them, and each takes or skips its part at the beginning of its own shards. So the validation set is another one
#   for each number of workers, and of 10 samples that one process validates on, 7 are in the training set that four workers load. Only with
#   equal numbers the two are apart. And where `shuffle` comes before, `set_epoch` exchanges the samples that are skipped: validation samples are trained on
#   from the second epoch on, whatever the number of workers.
# Versions: datasets 5.2.0, torch 2.13.0, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever holds out pairs of frames by `take` and `skip`, and trains with more workers than validate: the validation error is too low, and
#   changes with the machine.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check datasets==5.2.0 torch==2.13.0 numpy==2.4.6
v/bin/python -W ignore - <<'EOF'
import sys

import datasets
from torch.utils.data import DataLoader

stream = datasets.Dataset.from_dict(dict(k=list(range(40)))).to_iterable_dataset(num_shards=4)


def loaded(x, workers): return sorted(int(k) for batch in DataLoader(x, batch_size=5, num_workers=workers) for k in batch["k"])


print("datasets", datasets.__version__)
held, rest = stream.take(10), stream.skip(10)
sets = {w: loaded(held, w) for w in (0, 2, 4)}
for w, s in sets.items(): print(f"the first 10 of 40, by {w} workers: {s}")
both = {(a, b): len(set(sets[a]) & set(loaded(rest, b))) for a in sets for b in sets}
for (a, b), n in both.items(): print(f"validation with {a} workers, training with {b}: {n} samples in both")
mixed = stream.shuffle(seed=0, buffer_size=10); held, rest, leaks = mixed.take(10), mixed.skip(10), []
first = set(loaded(held, 0))
for epoch in (0, 1, 2): rest.set_epoch(epoch); leaks.append(len(first & set(loaded(rest, 0))))
print("shuffled before, no workers; validation samples in epochs 0, 1 and 2 of the training set:", *leaks)
if len(set(map(tuple, sets.values()))) != 3 or any((n > 0) != (a != b) for (a, b), n in both.items()): sys.exit("samples are shared out otherwise now")
if leaks[0] or not all(leaks[1:]): sys.exit("epochs are shuffled otherwise now")
EOF
