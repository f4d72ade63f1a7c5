# Made by `make prep`: edit the notebook, not this file.
"""Two frames of one object, at most $T$ apart, make a training example (§2.2, Fig. 2)"""
from typing import Any
__all__ = ['validating', 'still_warp', 'draw_pair', 'draw_warp', 'color_basis', 'augment', 'degrade', 'augment_batch', 'chances', 'split', 'apart', 'category', 'Augment', 'Pairs', 'Mixed', 'batches', 'images']
import re
import warnings
from dataclasses import dataclass
import cv2
import numpy as np
import torch
import torch.nn.functional as F
from fastcore.basics import patch
from torch.utils.data import DataLoader, Dataset
from .crops import to_input

def draw_pair(rng, frames, T: int=100):
    """Draw two frames at most `T` apart, different ones where there are (§2.2)"""
    ...

def draw_warp(rng, S: int, size: int, shift=4.0, stretch=0.05, turn=0.0, flip=False) -> np.ndarray:
    """Draw a random affine map that takes the image from about the centre of a crop"""
    ...

def color_basis(tracks, n: int=64) -> np.ndarray:
    """Find the principal components of the colours, each as long as its standard deviation"""
    ...

def augment(crop, M, size: int, color=0.0, grey=False):
    """Warp an exemplar or search image out of a stored crop"""
    ...

def degrade(crops, rng, most=5.0):
    """Spoil a pair as a small, compressed target would; both crops lose about as much"""
    ...

def augment_batch(crops, M, size: int, color, grey):
    """Warp a batch as `augment` warps one crop, on the device of `crops`"""
    ...

def chances(tracks, by='video') -> np.ndarray:
    """Compute the chance of each track to be drawn (§2.2)"""
    ...

def split(tracks, part=0.1, seed=0):
    """Divide tracks by video"""
    ...

def apart(tracks, held) -> list:
    """Find what may be trained on beside tracks that validate"""
    ...

def category(track) -> str:
    """Tell the kind of an object: its class, or what its video is called"""
    ...

def _numbers(names):
    ...

@dataclass(frozen=True)
class Augment:
    """How pairs are drawn and disturbed; the defaults are the release's (§2.2, §4.3)"""
    T: int = 100
    by: str = 'video'
    shift: float = 4.0
    stretch: float = 0.05
    turn: float = 0.0
    color: float = 0.1
    grey: float = 0.25
    flip: float = 0.0
    worse: float = 0.0
    most: float = 5.0
    even: bool = False
    alike: float = 0.0
validating = dict(seed=1, shift=0, stretch=0, color=0, grey=0, worse=0.5)

class Pairs(Dataset):
    """Training pairs of curated tracks; pair `i` depends on `seed` and `i` alone"""
    how: Any
    tracks: Any
    n: Any
    seed: Any
    sizes: Any
    raw: Any
    cum: Any
    basis: Any
    damaged: Any
    kind: Any
    of: Any

    def __init__(self, tracks, n: int=50000, seed: int=0, sizes=(127, 255), raw=False, **settings):
        ...

    def __len__(self):
        ...

    def __iter__(self):
        ...

    def prepare(self, sizes, raw):
        """Set what the run needs: sides of the images, and whether it warps them itself"""
        ...

    def number(self, rng):
        ...

    def leader(self, i) -> int:
        """Find the pair whose kind a pair shares: the one before, for a part of the odd ones; else itself"""
        ...

    def like(self, k, rng) -> int:
        """Draw another object of the kind of track `k`, in another video; `k` itself if there is none"""
        ...

    def pick(self, i, rng):
        """Draw a track and two positions in it"""
        ...

    def draw(self, i):
        """Draw generator, two crops and their augmentations; another pair where a crop is damaged, which `damaged` keeps"""
        ...

    def __getitem__(self, i):
        ...
still_warp = dict(turn=0.1, stretch=0.05, shift=8.0)

class Mixed(Dataset):
    """Pairs of several sets, each with a share"""
    sets: Any
    cum: Any

    def __init__(self, sets, shares=None):
        ...

    def __len__(self):
        ...

    def __iter__(self):
        ...

    def __getitem__(self, i):
        ...

    @property
    def sizes(self):
        ...

    def prepare(self, sizes, raw):
        ...

def _one_thread(i):
    """Keep a worker to one core"""
    ...

def batches(pairs, batch: int=8, start: int=0, steps: int=None, workers: int=1, pin=False, rank: int=0, ranks: int=1) -> DataLoader:
    """Batch pairs for steps `start` to `steps`, always the same for the same step"""
    ...

def images(half, size: int, device=None) -> torch.Tensor:
    """Make images for the network, warped on its device where that is still to be done"""
    ...
