# Made by `make prep`: edit the notebook, not this file.
"""One update of the tracker taken apart, and no crop embedded twice"""
from typing import Any
__all__ = ['load_clip', 'shipped_net', 'Lookup', 'Maps', 'advance', 'retrack', 'Look', 'look']
from dataclasses import dataclass, replace
from functools import lru_cache
import numpy as np
import torch
from fastcore.basics import patch
from ..crops import crop
from ..data.readers import clips
from ..otb import iou
from ..pretrained import load_weights, named_weights
from ..track.configs import TrackConfig, get_config
from ..tracking import Targets, Tracker, blended, penalised
from ..videos import Video

def load_clip(name: str) -> Video:
    """Load a clip that ships with the package into memory"""
    ...
_nets: Any

def shipped_net(name='shipped'):
    """Load a network that ships, once"""
    ...

class Lookup(Tracker):
    """A tracker of one target that computes no score map twice"""
    kind: Any
    maps: Any
    i: Any
    sides: Any

    def __init__(self, maps, cfg: TrackConfig):
        ...

    def exemplars(self, frames, owner, at):
        ...

    def correlate(self, at, z, frames, owner, sides):
        ...

class Maps:
    """Score maps of one target in a video; no crop is embedded twice"""
    asked: Any
    embedded: Any
    at: Any
    frames: Any
    box: Any
    net: Any
    most: Any
    kept: Any
    exemplars: Any
    trackers: Any
    phi: Any

    def __init__(self, frames, box, net=None, most: int=50000):
        ...

    def tracker(self, cfg: TrackConfig=None) -> Lookup:
        """Make a tracker that has seen the first frame, or take that of one of the last 16 settings"""
        ...

    def __call__(self, i: int, c, sides, t=None) -> torch.Tensor:
        """Score the crops around `c`, a map each"""
        ...

    def _map(self, i, c, s, t):
        """Look up the map of one crop; it is embedded only if it was never asked for"""
        ...

def advance(maps: Maps, at: Targets, i: int, cfg: TrackConfig):
    """Take one step of the tracker, with the first frame's exemplar"""
    ...

def retrack(maps: Maps, cfg: TrackConfig):
    """Track a clip with a setting, one frame at a time"""
    ...

def _seen(maps, truth, i, cfg, gap):
    """Put the target at the truth of `gap` frames before frame i, as old as in a video"""
    ...

def _blend(t, v, s):
    """Up-sample the maps, and blend that of the winner with the window"""
    ...

def _earlier(maps: Maps, truth, i: int, cfg: TrackConfig, gap: int) -> list:
    """List the frames before whose peaks count, too; a target that is not there to be seen is a `ValueError`"""
    ...

@dataclass
class Look:
    """One update with everything on the way"""
    i: int
    cfg: TrackConfig
    frame: np.ndarray
    crops: list
    sides: np.ndarray
    factors: np.ndarray
    v: np.ndarray
    peaks: np.ndarray
    fined: np.ndarray
    s: int
    scores: np.ndarray
    window: np.ndarray
    blend: np.ndarray
    peak: tuple
    d: np.ndarray
    shift: np.ndarray
    zoom: float
    box: np.ndarray
    old: np.ndarray
    truth: np.ndarray

    @property
    def overlap(self) -> float:
        ...

def look(maps: Maps, truth, i: int, cfg: TrackConfig, gap: int=1) -> Look:
    """Take one update apart, from the truth of `gap` frames ago"""
    ...
