# Made by `make prep`: edit the notebook, not this file.
"""Stochastic gradient descent on pairs, stoppable anywhere (eq. 5, §4.1)"""
from typing import Any
__all__ = ['recipes', 'pair_loss', 'peak_error', 'validate', 'lr_at', 'TrainConfig', 'middle', 'mk_optimizer', 'Learner', 'mk_net', 'TrainRun', 'OneDevice', 'average', 'train_step', 'run_steps', 'Keeper', 'train', 'Activations', 'value_of', 'settings_of', 'recipe_of', 'check_patience', 'shares_of', 'each_share', 'same_data', 'time_left', 'done_steps', 'spent', 'over_seeds', 'tensorboard']
import csv
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
import numpy as np
import torch
from fastcore.basics import patch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from .embedding import Embedding, lite_filters, mk_layers, table1_filters
from .files import whole
from .labels import balance, logistic, mk_labels, score_loss
from .pairs import batches, images
from .pretrained import load_weights, named_weights, save_weights
from .xcorr import SiamNet

def pair_loss(net: SiamNet, z, x, y, crossed=0.0, w=None, hard=1.0):
    """Loss of eq. (5) for a batch; with `w` given, it never waits for a GPU"""
    ...

def peak_error(v, k=8):
    """Distance of the highest score from the centre of the map"""
    ...

def validate(net: SiamNet, pairs, batch: int=8, R=16) -> dict:
    """Loss and place of the peak on other videos"""
    ...

def lr_at(step: int, steps: int, lr0=0.01, lr1=1e-05, epochs: int=50, warmup: int=0):
    """Learning rate of §4.1: geometric, constant within an epoch"""
    ...

def _refuse(cfg):
    """A `ValueError` for settings that cannot be meant"""
    ...

@dataclass
class TrainConfig:
    """Settings of a run; the defaults are the paper's (§4.1)"""
    steps: int = 312500
    batch: int = 8
    lr0: float = 0.01
    lr1: float = 1e-05
    epochs: int = 50
    warmup: int = 0
    momentum: float = 0.9
    decay: float = 0.0005
    optimizer: str = 'sgd'
    release: bool = False
    crossed: float = 0.0
    hard: float = 1.0
    small: float = 0.0
    average: float = 0.0
    init: str = 'he'
    patience: int = 0
    seed: int = 0
    precision: str = 'no'
    accumulate: int = 1
    compile: bool = False
    save: int = 500
    start: str = ''
    filters: tuple = table1_filters
    teacher: str = ''
    match: str = 'scores'
    teacher_bits: int = 32

    @property
    def sizes(self) -> tuple:
        ...

    def side(self, step) -> int:
        ...

    def __post_init__(self):
        ...

def middle(x, side: int):
    """The centre of images"""
    ...
recipes = dict(paper=(dict(), dict()), release=(dict(release=True), dict()), ours=(dict(lr1=0.0001, crossed=0.5, small=0.5, average=0.998, precision='bf16'), dict(flip=0.5, worse=0.5, turn=0.05, stretch=0.03, color=0.15)))
recipes['lite'] = (recipes['ours'][0] | dict(filters=lite_filters, teacher='shipped'), recipes['ours'][1])
_options = dict(lr0='rate', start='from') | {k: k for k in ('steps', 'batch', 'seed', 'precision', 'compile')}

def mk_optimizer(net: SiamNet, cfg: TrainConfig):
    """SGD or AdamW; in the release's way, biases learn twice as fast and only the filters decay"""
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
    """The network of a run, before its first step"""
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
        """The step to stop before: `stop` or the last, and at once if the run has stalled"""
        ...

    def save(self, path):
        """All that a run needs to go on, written whole or not at all"""
        ...

    def load(self, path):
        """Go on where `save` was called; a checkpoint of other settings is refused"""
        ...

class OneDevice:
    """What a run asks of its device; `Accelerator` offers the same for several"""
    device: Any
    precision: Any
    is_main_process = True

    def __init__(self, run: TrainRun):
        ...

    def autocast(self):
        """Mixed precision on a GPU; a CPU keeps its 32 bits, so that a run there can be repeated to the bit"""
        ...

    def no_sync(self, model):
        """Around all parts of a batch but the last: there is nothing to wait for"""
        ...

    def backward(self, loss):
        ...

    def reduce(self, x, reduction='sum'):
        ...

def average(run: TrainRun):
    """`run.ema.update_parameters(run.net)` for a queue"""
    ...

def train_step(run: TrainRun, model, parts, acc):
    """One step of SGD (eq. 5), at a learning rate in proportion to the batch; adds loss and error to `run.seen`"""
    ...

def _check(run: TrainRun, acc, last):
    """Stop at a loss that is not finite, before it is saved"""
    ...

def run_steps(run: TrainRun, feed, model, hooks, acc=None, save: int=0):
    """The loop of training: step after step, until there is nothing to learn from, or nothing to learn"""
    ...

def _ended(run, acc):
    """Has nothing got better for `patience` validations? The main process has the rows"""
    ...

class Keeper:
    """The hooks of a run that keeps checkpoint, weights and log in a folder"""
    out: Any
    last: Any
    acc: Any
    judge: Any
    told: Any
    keep: Any

    def __init__(self, out, acc, judge=None, told=(), keep=save_weights):
        ...

    def checkpoint(self, run):
        ...

    def end(self, run):
        """A run that is stopped is logged as far as it went"""
        ...

    def row(self, run):
        """Validate, keep the weights and the best so far, write the log"""
        ...

    def write_log(self, rows):
        ...

def _device_batches(acc, pairs, cfg, start: int, end: int, workers: int):
    """The parts of each batch that are this process's"""
    ...

def _accelerator(cfg, cpu):
    """The devices of this process, for the precision of a run"""
    ...

def _on_devices(acc, run, learner):
    """The network with its loss, and the optimiser, on all devices"""
    ...

def _watched(acc, run, feed):
    """What feeds a run, with a progress bar"""
    ...

def _start(run, keep, pairs, val):
    """Prepare the pairs; go on from the last checkpoint, or start from given weights; what cannot work is refused"""
    ...

def train(pairs, cfg: TrainConfig, out, val=None, cpu=False, stop: int=None, workers: int=1, live: Callable=None, learner=Learner) -> SiamNet:
    """Train a network on pairs (eq. 5), resuming where the last run into `out` stopped"""
    ...
import torch
from fastcore.basics import patch
from torch import nn

class Activations:
    """For `with`: notes what the layers of φ put out while it is at work; the hooks go when the block ends"""
    layers: Any
    every: Any
    passes: Any
    seen: Any
    hooks: Any

    def __init__(self, phi, every: int=2):
        ...

    def __enter__(self):
        ...

    def __exit__(self, *_):
        ...

    def note(self, m, _, x):
        ...

    @property
    def table(self):
        ...
import json
from collections import Counter
from dataclasses import fields
from .pairs import Augment

def value_of(asked: str, text: str, like):
    """A setting out of a text"""
    ...

def settings_of(texts, options=None, by='--set'):
    """Settings of a recipe that differ"""
    ...

def recipe_of(name: str, said: str=None) -> tuple:
    """The settings that a recipe stands for"""
    ...

def check_patience(patience, judged):
    """Refuse to wait for what nobody measures"""
    ...

def shares_of(texts) -> dict:
    """What `--share` asks for"""
    ...

def each_share(names, shares=None) -> list:
    """Shares of all folders; 1 where nothing is asked for"""
    ...

def same_data(out, **data):
    """Mark a folder for one set of pairs; refuse it if it has another"""
    ...

def time_left(cfg: TrainConfig, done: int=0, end: int=None, device='cpu', processes: int=1, learner=Learner) -> float:
    """Time that the steps of a run will take, from one of each size"""
    ...

def _checkpoint(out):
    ...

def done_steps(out) -> int:
    """Steps that a run has behind it"""
    ...

def spent(out) -> float:
    """Seconds that the steps of a run took, in all its sessions, up to its checkpoint"""
    ...

def over_seeds(rows) -> dict:
    """Mean and standard deviation over runs that differ in their seed"""
    ...

def tensorboard(out) -> Callable:
    """For `live` of `train`: the log for TensorBoard, beside the CSV"""
    ...
