# Made by `make prep`: edit the notebook, not this file.
"""The paper's 2.5 million pairs in minutes, on a machine with torch and little else (§2.2, §4.1)"""
from typing import Any
__all__ = ['needed', 'sources', 'thin', 'centres', 'h264', 'fitting', 'every_nth', 'encoded', 'Contents', 'write_bundle', 'decoded', 'read_archive', 'Store', 'ranges', 'second', 'warps', 'coarse', 'set_chances', 'TensorPairs', 'mk_config', 'compiles', 'Fixed', 'hold_out', 'about_data', 'mk_judge', 'keep_weights', 'unpack', 'Pieces', 'TensorFeed', 'train_store', 'time_pairs', 'time_conv1', 'time_tracking', 'mk_parser', 'asked', 'add_to_report', 'train_one', 'train_in_pieces', 'measure_tracking', 'measure_command', 'main']
import argparse
import ast
import io
import json
import os
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from importlib import import_module
from itertools import islice
from pathlib import Path
import cv2
import numpy as np
import torch
import torch.nn.functional as F
from fastcore.basics import patch
from torch import nn
from .deploy import DeviceTracker
from .devices import OneDevice, now, seconds
from .embedding import mk_layers
from .errors import sentence
from .files import whole
from .keeper import Keeper, same_data
from .pairs import Augment, apart, augment_batch, chances, color_basis, split, still_warp, validating
from .report import write_result, write_seeds
from .tracking import Tracker
from .pretrained import as_device, save_weights
from .settings import TrainConfig, check_patience, each_share, recipe_of, recipes, settings_of, shares_of
from .training import Learner, TrainRun, run_steps, train_step, validate
from .xcorr import SiamNet

def needed(name='gpu', seen=()) -> tuple:
    """A module and all that it imports from the package when it is imported"""
    ...
_start: Any

def sources() -> dict:
    """The program: modules, the part of fastcore that they use, and the start"""
    ...

def thin(lengths, n: int, least=4) -> list:
    """An even choice of about `n` crops"""
    ...

def centres(tracks, chosen, size):
    """The centres of chosen crops"""
    ...

def h264(ims, quality=23) -> bytes:
    """Images as a video; odd sides grow by one pixel"""
    ...

def fitting(tracks, room, quality: int, size: int) -> list:
    """As many crops as fit into a room, as a few of them tell"""
    ...

def every_nth(tracks, n: int=1, still=False) -> list:
    """Every n-th crop"""
    ...

def encoded(tracks, chosen, quality: int, size: int, part: int=512):
    """Crops as videos"""
    ...

class Contents:
    """What an archive will hold"""
    quality: Any
    size: Any
    program: Any
    parts: Any
    rows: Any
    videos: Any
    sets: Any

    def __init__(self, quality: int=23, size: int=287):
        ...

    def __len__(self):
        """Bytes, before the program is compressed"""
        ...

    @property
    def about(self) -> dict:
        ...

    def add(self, name, crops, chosen, still):
        """Encode chosen crops of a folder, and note what they are"""
        ...

    def table(self) -> bytes:
        """Track and frame of each crop, video and set of each track, as NumPy stores them"""
        ...

    def write(self, out, limit=55000000.0) -> int:
        """Write what `Store` reads; nothing if it is too large"""
        ...

def write_bundle(folders, out, quality: int=23, size: int=287, every: int=None, limit=55000000.0) -> dict:
    """Crops and program as one file, which Python runs"""
    ...

def decoded(path) -> list:
    """All frames of a video, by OpenCV"""
    ...

def read_archive(path) -> tuple:
    """The contents of an archive"""
    ...

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
    """Which crops are at most `T` frames from each crop of their track"""
    ...

def second(u, i, lo, hi):
    """Another crop of the range where there is one (§2.2)"""
    ...

def warps(u, S: int, size: int, shift, stretch, turn, flip):
    """`draw_warp` for a batch"""
    ...

def coarse(n, S: int):
    """Matrices that shrink to `n` cells by their means, and go back to `S` pixels linearly"""
    ...

def set_chances(tracks, by='video', shares=None) -> np.ndarray:
    """Chance of each track: that within its set, times the share of the set"""
    ...

def _like_usual(how, *names):
    """Refuse settings that would be recorded here, and change nothing"""
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
        """What each track and each crop has of its own, as tensors on the device of the crops"""
        ...

    def choose(self, batch: int, step: int):
        """Tracks, both crops, and random numbers that are left: `(B,17)` uniform and `(B,8)` normal"""
        ...

    def _coarser(self, c, worse, low, n):
        """Crops of which some have lost resolution"""
        ...

    def batch(self, batch: int, step: int):
        """Exemplars `(B,3,127,127)` and search images `(B,3,255,255)`, float, 0–255"""
        ...

def mk_config(recipe='ours', pairs: int=2500000, batch: int=64, seed: int=0, **own) -> TrainConfig:
    """Settings for a batch: rate in proportion to it, one epoch of warm-up above 8, an average over as many pairs"""
    ...

def compiles(device) -> bool:
    """Does `torch.compile` work here, forwards and backwards?"""
    ...

class Fixed(list):
    """Pairs that are made once, for `validate`"""
    sizes: Any

    def __init__(self, pairs: TensorPairs, n: int=256):
        ...

def hold_out(store: Store, val: float):
    """Tracks of other videos for validation, the same as `siamfc train` holds out"""
    ...

def about_data(store: Store, val: float, shares=None) -> dict:
    """What a run learns from, for its report"""
    ...

def mk_judge(store: Store, held, n: int=256, sizes=(127, 255)):
    """What tells how good a network is: pairs that stay the same, see `validating`"""
    ...

def keep_weights(net: SiamNet, path, **meta) -> Path:
    """Weights in a format that can be written here"""
    ...

def unpack(path) -> Path:
    """Weights that torch stored as safetensors"""
    ...

class Pieces(Keeper):
    """The hooks of a run in pieces"""

    def end(self, run):
        """A stop keeps all, and logs nothing"""
        ...

class TensorFeed:
    """The batches of a run on tensors, until it is over or the time is"""
    run: Any
    pairs: Any
    end: Any
    until: Any
    dev: Any
    warm: Any

    def __init__(self, run: TrainRun, pairs: TensorPairs, end: int, until=None):
        ...

    def __iter__(self):
        ...

    @property
    def speed(self):
        ...

def _only_here(cfg):
    ...

def train_store(store: Store, cfg: TrainConfig, out, kw=None, val=0.2, n_val=256, until=None, stop: int=None, compiled=False, shares=None, told=()) -> TrainRun:
    """Train on pairs made on the device, going on where the last run into `out` stopped"""
    ...

def _memory(device):
    ...

def time_pairs(pairs: TensorPairs, cfg: TrainConfig, steps=100, compiled=False) -> dict:
    """Speed of training end to end, against steps alone"""
    ...

def time_conv1(n: int=192, steps: int=20, dtype=None, device='cpu') -> dict:
    """The first convolution as it is, and as `FoldedConv` computes it"""
    ...

def time_tracking(n: int, size=(720, 1280), frames: int=100, dtype=None, device='cpu', config='siamfc-3s') -> dict:
    """Speed of tracking on frames that lie on the device; their content does not matter, nor do the weights"""
    ...

def _pack_options(a):
    ...

def _place_options(a, bundle=None):
    ...

def _train_options(a):
    ...

def _measure_options(a):
    ...

def mk_parser(bundle=None):
    """Arguments of the commands"""
    ...
_options: Any

def asked(a, store: Store):
    """What the recipe, `--set` and `--share` say together"""
    ...

def add_to_report(path: Path, run, took, **facts) -> bool:
    """Note what a command of a run did"""
    ...

def _say(figures, *what):
    ...

def train_one(a, store: Store, cfg, kw, shares, out: Path, begun, compiled) -> TrainRun:
    """Go on with one run until the minutes are over"""
    ...

def _opened(a):
    """The crops, and whether the embedding is to be compiled"""
    ...

def train_in_pieces(a, begun) -> bool:
    """Go on with a run, or with one per seed, and leave a report beside the weights"""
    ...

def measure_tracking(a, dtype):
    """Time three configurations with each number of objects"""
    ...

def measure_command(a):
    """Time training and tracking, and write the figures"""
    ...

def _pack(a):
    ...

def _ready(device):
    """Refuse a device that is not there; set up a GPU"""
    ...

def main(argv=None, bundle=None):
    """The commands; exit status 1 with a sentence if the input is wrong, 75 if there is more to train"""
    ...
