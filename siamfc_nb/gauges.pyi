# Made by `make prep`: edit the notebook, not this file.
"""What the layers put out, what long runs brought, and what each part of a recipe is worth (§4.1, §4.5)"""
from typing import Any
__all__ = ['Activations', 'time_left']
from collections import Counter
import torch
from fastcore.basics import patch
from torch import nn
from .train.devices import precision_on, seconds
from .train.settings import TrainConfig
from .training import Learner, mk_net

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

def time_left(cfg: TrainConfig, done: int=0, end: int=None, device='cpu', processes: int=1, learner=Learner) -> float:
    """Estimate the time that the steps of a run will take, from one of each size"""
    ...
