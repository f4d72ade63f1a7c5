# Made by `make prep`: edit the notebook, not this file.
"""All crops in the memory of a GPU, and pairs made of them there (§2.2)"""
from typing import Any
__all__ = ['Store', 'ranges', 'second', 'warps', 'coarse', 'set_chances', 'TensorPairs']
from dataclasses import dataclass, replace
import numpy as np
import torch
from fastcore.basics import patch
from ..pairs import Augment, augment_batch, chances, still_warp
from .bundle import read_archive
from .settings import check_usual

@dataclass
class _Track:
    video: str
    kind: int
    number: int
    n: int

    def __len__(self):
        ...

class Store:
    """All crops of an archive in the memory of a device"""
    tracks: Any
    names: Any
    about: Any
    crops: Any
    frame: Any
    first: Any
    count: Any

    def __init__(self, path, device='cpu'):
        ...

    def __len__(self):
        ...

def ranges(frame, first, count, T: int=100):
    """Find the crops that are at most `T` frames from each crop of their track"""
    ...

def second(u, i, lo, hi):
    """Choose another crop of the range where there is one (§2.2)"""
    ...

def warps(u, S: int, size: int, shift, stretch, turn, flip):
    """Draw warps for a batch, as `draw_warp` does for one crop"""
    ...

def coarse(n, S: int):
    """Make matrices that shrink to `n` cells by their means, and go back to `S` pixels linearly"""
    ...

def set_chances(tracks, by='video', shares=None) -> np.ndarray:
    """Weigh each track: its chance within its set, times the share of the set"""
    ...

class TensorPairs:
    """Training pairs made on the device of a `Store`; batch `step` depends on `seed` and `step` alone"""
    store: Any
    seed: Any
    sizes: Any
    share: Any
    most: Any
    cum: Any
    warp: Any
    basis: Any
    first: Any
    count: Any
    lo: Any
    hi: Any

    def __init__(self, store: Store, tracks=None, seed: int=0, sizes=(127, 255), shares=None, **settings):
        ...

    def _lay_out(self, tracks, how, shares):
        """Put what each track and each crop has of its own into tensors on the device of the crops"""
        ...

    def choose(self, batch: int, step: int) -> tuple:
        """Draw tracks, both crops, and random numbers that are left: `(B,17)` uniform and `(B,8)` normal"""
        ...

    def _coarser(self, c, worse, low, n):
        """Take resolution from some crops"""
        ...

    def batch(self, batch: int, step: int) -> tuple:
        """Make exemplars `(B,3,127,127)` and search images `(B,3,255,255)`, float, 0–255"""
        ...
