#!/usr/bin/env bash
# Guess: with gradients that are accumulated, each step of accelerate's optimiser has the mean gradient of the batches that it took.
# What happens: every loss is divided by `gradient_accumulation_steps`, and at the end of an epoch accelerate steps with what there is. With four, an epoch of 10 batches makes two whole
#   steps and one of half the gradient, of 9 batches one of a quarter. With 8 batches all are alike.
# Versions: accelerate 1.15.0, torch 2.13.0, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever trains on few batches per epoch, as with a fine-tuning on some clips: the last batches of each epoch count as the others do, but the step that they
#   make alone is short. A rate of learning that was chosen for whole steps is, for that one, a half or a quarter of it.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check accelerate==1.15.0 torch==2.13.0 numpy==2.4.6
v/bin/python -W ignore - <<'EOF'
import sys

import accelerate
import torch
from torch.utils.data import DataLoader, TensorDataset


def steps(batches, accumulated): # how far SGD goes in each step down a slope of 1
    acc = accelerate.Accelerator(gradient_accumulation_steps=accumulated, cpu=True); model = torch.nn.Linear(1, 1, bias=False); torch.nn.init.zeros_(model.weight)
    model, opt, data = acc.prepare(model, torch.optim.SGD(model.parameters(), lr=1.), DataLoader(TensorDataset(torch.ones(batches, 1)))); at, gone = 0., []
    for (x,) in data:
        with acc.accumulate(model):
            acc.backward(model(x).mean()); opt.step(); opt.zero_grad()
            if acc.sync_gradients: now = -float(acc.unwrap_model(model).weight); gone.append(round(now-at, 3)); at = now
    return gone


print("accelerate", accelerate.__version__)
seen = {n: steps(n, 4) for n in (8, 9, 10, 11)}
for n, s in seen.items(): print(f"{n} batches, 4 accumulated: steps of", *s)
if seen != {8: [1, 1], 9: [1, 1, .25], 10: [1, 1, .5], 11: [1, 1, .75]}: sys.exit("gradients are accumulated otherwise now")
EOF
