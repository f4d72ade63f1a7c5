# Made by `make prep`: edit the notebook, not this file.
"""Checkpoint, weights and log in a folder, which is one run's alone"""
from typing import Any
__all__ = ['Keeper', 'same_data', 'done_steps', 'out_of_patience', 'gave_up', 'spent', 'tensorboard']
import csv
import weakref
from collections.abc import Callable
from copy import copy
from pathlib import Path
import numpy as np
import torch
from fastcore.basics import patch
from ..files import claim, whole
from ..pretrained import save_weights
from .settings import same_settings

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
        """Log a run that is stopped as far as it went; where it goes on, this row is none of its log"""
        ...

    def row(self, run):
        """Validate, keep the weights and the best so far, write the log"""
        ...

    def write_log(self, rows):
        ...

def same_data(out, **data):
    """Mark a folder for one set of pairs; refuse it if it holds a run on another"""
    ...

def _checkpoint(out):
    ...

def done_steps(out, cfg=None) -> int:
    """Count the steps that a run has behind it"""
    ...

def out_of_patience(rows, patience) -> bool:
    """Tell whether the best validation is `patience` validations ago"""
    ...

def gave_up(out, patience) -> bool:
    """Tell whether a run has ended early, and would end again at once"""
    ...

def spent(out) -> float:
    """Count the seconds that the steps of a run took, in all its sessions, up to its checkpoint"""
    ...

def tensorboard(out) -> Callable:
    """Log for TensorBoard, beside the CSV: for `live` of `train`"""
    ...
