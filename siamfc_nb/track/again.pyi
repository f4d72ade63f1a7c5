# Made by `make prep`: edit the notebook, not this file.
"""When the confidence says *lost*: stop believing the box, and search the frame"""
from typing import Any
__all__ = ['AgainConfig', 'places', 'Again', 'runner_up', 'again_run', 'recoveries', 'again_figures']
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, replace
from time import perf_counter
import numpy as np
from fastcore.basics import patch
from ..arrays import as_rows, library
from ..confidence import psr
from ..crops import annotated
from ..otb import auc, iou
from ..tracking import Tracker, locate

@dataclass(frozen=True)
class AgainConfig:
    """Settings of the search for a target that was lost"""
    below: float = 0.5
    patience: int = 5
    images: int = 6
    enough: int = 5
    part: float = 0.8
    sure: float = 0.8
    margin: float = 0.2
    agree: int = 2

    def __post_init__(self):
        ...

def places(c, spacing, size) -> np.ndarray:
    """Lay out centres of search images that together find a target anywhere in the frame, nearest first"""
    ...

def _able(tracker) -> Tracker:
    """Refuse what is no tracker of one target, or cannot know that it is lost"""
    ...

class Again:
    """A `Tracker` that searches the frame for its target when it was lost"""
    tracker: Any
    again: Any
    searching: Any
    lost: Any
    confidence: Any
    trusted: Any
    peaks: Any
    doubts: Any
    returned: Any
    agreed: Any
    sure: Any
    turn: Any
    seen: Any
    place: Any
    searched: Any
    losses: Any
    finds: Any

    def __init__(self, tracker: Tracker, config=None):
        ...

    @classmethod
    def pretrained(cls, name='siamfc-3s', device=None, weights=None, config=None, **kwargs) -> 'Again':
        """Make one with the weights that ship, or with those of a file, and the confidence beside them"""
        ...

    def __getattr__(self, k):
        ...

    @property
    def plausible(self):
        ...

    @plausible.setter
    def plausible(self, on):
        ...

    def _start(self):
        """Begin with nothing known"""
        ...

    def _trust(self, peak=None):
        """Believe that the target is where the tracker says"""
        ...

    def init(self, frame, box):
        """Remember the target"""
        ...

    @property
    def usual(self) -> float:
        """What the target scores where it is trusted: the median"""
        ...

    def resembles(self, peak, confidence) -> bool:
        """Tell whether a place scores as the target did where it was trusted"""
        ...

    def _doubt(self, peak):
        """Trust the box of this frame, or count it as one in doubt; after enough of those, search"""
        ...

    def _next(self, n):
        """Choose the last trusted place, and the next of the others"""
        ...

    def _look(self, frame, many, z, f):
        """Look for the target around places"""
        ...

    def _elsewhere(self, i, c, apart) -> list:
        """List the peaks of what is something else, as far as it was seen"""
        ...

    def accepts(self, found, other) -> bool:
        """Tell whether a place is clearly the target"""
        ...

    def _search(self, frame) -> float:
        """Look at some of the places; one that is clearly the target is looked at again in the next frame"""
        ...

    def _confirm(self, frame) -> float:
        """Look at the place that was accepted, as the tracker does"""
        ...

    def _find(self, frame, box, peak):
        """Look for a target that is lost; one that showed itself often enough in a row is found"""
        ...

    def _enter(self, old, new):
        """Take what the search has seen along into frames of another resolution, see `Targets.enter`"""
        ...

    def update(self, frame):
        """Find the target in the next frame; when it is lost, search for it"""
        ...

    def follow(self, frames: Iterable, box):
        """Track through frames, one at a time"""
        ...

    def track(self, frames: Iterable, box):
        """Track through frames; an error on the way carries what was tracked as `boxes` and `scores`"""
        ...

def runner_up(v, radius=4) -> float:
    """Find the best score that is not of the same peak; -∞ where a small map holds nothing else"""
    ...

def again_run(tracker: Again, video) -> dict:
    """Track a video with and without the search"""
    ...

def recoveries(boxes, searching, truth) -> tuple:
    """Measure what the search did"""
    ...

def again_figures(runs) -> dict:
    """Sum up what the search gains, and what it costs"""
    ...
