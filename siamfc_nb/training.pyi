# Made by `make prep`: edit the notebook, not this file.
"""Stochastic gradient descent on pairs, stoppable anywhere (eq. 5, §4.1)"""
from typing import Any
__all__ = ['pair_loss', 'peak_error', 'validate', 'lr_at', 'centre', 'mk_optimizer', 'Learner', 'mk_net', 'TrainRun', 'average', 'train_step', 'run_steps', 'train']
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
import numpy as np
import torch
from fastcore.basics import patch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader
from .embedding import Embedding
from .files import whole
from .labels import balance, logistic, mk_labels, score_loss
from .pairs import images
from .pretrained import begin_from, named_weights
from .train.devices import OneDevice, accelerator, device_batches, on_devices, watched
from .train.keeper import Keeper, out_of_patience
from .train.settings import TrainConfig, same_settings
from .xcorr import SiamNet

def pair_loss(net: SiamNet, z, x, y, crossed=0.0, w=None, hard=1.0):
    """Compute the loss of eq. (5) for a batch; with `w` given, it never waits for a GPU"""
    ...

def peak_error(v, k=8):
    """Measure the distance of the highest score from the centre of the map"""
    ...

def validate(net: SiamNet, pairs, batch: int=8, R=16) -> dict:
    """Measure the loss and the place of the peak on other videos"""
    ...

def lr_at(step: int, steps: int, lr0=0.01, lr1=1e-05, epochs: int=50, warmup: int=0) -> float:
    """Compute the learning rate of §4.1: geometric, constant within an epoch"""
    ...

def centre(x, side: int):
    """Cut the centre out of images"""
    ...

def mk_optimizer(net: SiamNet, cfg: TrainConfig):
    """Make SGD or AdamW; in the release's way, biases learn twice as fast and only the filters decay"""
    ...

class Learner(nn.Module):
    """The network with its loss, as one module"""
    maps: Any
    net: Any
    crossed: Any
    hard: Any

    def __init__(self, net: SiamNet, cfg: TrainConfig):
        ...

    def forward(self, z, x):
        ...

def mk_net(cfg: TrainConfig) -> SiamNet:
    """Build the network of a run, before its first step"""
    ...

class TrainRun:
    """A network in training, with all that a checkpoint must hold"""
    net: Any
    cfg: Any
    step: Any
    best: Any
    rows: Any
    seen: Any
    seconds: Any
    since: Any
    opt: Any
    ema: Any

    def __init__(self, cfg: TrainConfig):
        ...

    def to(self, device):
        ...

    @property
    def result(self) -> SiamNet:
        ...

    @property
    def stalled(self) -> bool:
        """Is the best validation `patience` validations ago?"""
        ...

    def end(self, stop=None) -> int:
        """Find the step to stop before: `stop` or the last, and at once if the run has stalled"""
        ...

    def save(self, path):
        """Save all that a run needs to go on, written whole or not at all"""
        ...

    def load(self, path):
        """Go on where `save` was called; refuse a checkpoint of other settings"""
        ...

def average(run: TrainRun):
    """Do what `run.ema.update_parameters(run.net)` does, as one queue of work for a GPU"""
    ...

def train_step(run: TrainRun, model, parts, acc):
    """Take a step of SGD (eq. 5), at a rate in proportion to the batch; add loss and error to `run.seen`"""
    ...

def _check(run: TrainRun, acc, last):
    """Stop at a loss that is not finite, before it is saved"""
    ...

def run_steps(run: TrainRun, feed, model, hooks, acc=None, save: int=0):
    """Train until the feed ends, or until validation no longer improves"""
    ...

def _ended(run, acc):
    """Ask whether nothing has got better for `patience` validations; the main process has the rows"""
    ...

def _start(run, keep, pairs, val):
    """Prepare the pairs; go on from the last checkpoint, or start from given weights; refuse what cannot work"""
    ...

def train(pairs, cfg: TrainConfig, out, val=None, cpu=False, stop: int=None, workers: int=1, live: Callable=None, learner=Learner) -> SiamNet:
    """Train a network on pairs (eq. 5), resuming where the last run into `out` stopped"""
    ...
