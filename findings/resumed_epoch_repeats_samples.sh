#!/usr/bin/env bash
# Guess: accelerate's `save_state` in the middle of an epoch, then `load_state` and `skip_first_batches`, give the samples that the epoch had left.
# What happens: with a shuffled loader they are those of another order, without a warning. The state is that of the random numbers after the epoch's order was drawn, so the
#   resumed epoch draws another one and skips its beginning: of 120 samples, about a quarter come twice and as many never. `set_epoch` changes nothing
#   about it. With `use_seedable_sampler=True`, which is not the default, and `set_epoch` it is right; without `set_epoch` the rest is that of epoch 0.
#   A run that was stopped between two epochs goes on rightly.
# Versions: accelerate 1.15.0, torch 2.13.0, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever trains where runs are cut short, and takes the resumed run for the same run: its epochs are not passes over the data, and its figures
#   are those of another draw.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check accelerate==1.15.0 torch==2.13.0 numpy==2.4.6
cat > train.py <<'EOF'
import json
import sys

import torch
from accelerate import Accelerator, skip_first_batches
from accelerate.utils import DataLoaderConfiguration, set_seed

how, (seedable, tell, half) = sys.argv[1], (a == "yes" for a in sys.argv[2:])
set_seed(0)
run = Accelerator(cpu=True, dataloader_config=DataLoaderConfiguration(use_seedable_sampler=seedable))
model, loader = run.prepare(torch.nn.Linear(1, 1), torch.utils.data.DataLoader(torch.arange(120), batch_size=4, shuffle=True))
n, first, seen = 15 if half else 0, int(how == "resume"), []
if first: run.load_state("state")
for epoch in range(first, 2):
    if tell: loader.set_epoch(epoch)
    if how == "stop" and epoch == 1 and not n: run.save_state("state"); break
    for k, x in enumerate(skip_first_batches(loader, n) if n and first else loader, 1):
        if epoch: seen += x.tolist()
        if how == "stop" and n and (epoch, k) == (1, n): run.save_state("state"); break
json.dump(seen, open(f"{how}.json", "w"))
EOF
cat > show.py <<'EOF'
import json
import sys
from importlib.metadata import version

seedable, tell, half = (a == "yes" for a in sys.argv[1:])
full, stop, resume = (json.load(open(f"{k}.json")) for k in ("full", "stop", "resume"))
both = stop+resume; twice = len(both)-len(set(both))
print(f"accelerate {version('accelerate')}, stopped {'half way' if half else 'before its start'}, seedable sampler: {sys.argv[1]}, set_epoch: {sys.argv[2]}; of 120 samples of the epoch "
      f"{twice} came twice, {120-len(set(both))} never; as without a stop: {'yes' if both == full else 'no'}")
right = not half or seedable and tell
if (both == full) != right or not right and twice < 10: sys.exit("epochs are resumed otherwise now")
EOF
for s in "no no no" "no no yes" "no yes yes" "yes no yes" "yes yes yes"; do
    rm -rf state
    for how in full stop resume; do v/bin/python -W ignore train.py $how $s; done
    v/bin/python show.py $s
done
