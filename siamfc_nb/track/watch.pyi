# Made by `make prep`: edit the notebook, not this file.
"""A tracker goes through a video: its calls are timed, its boxes checked, and what cannot be read is not its fault"""
from typing import Any
__all__ = ['NothingToTrack', 'Clock', 'as_box', 'Watch']
import reprlib
import time
import numpy as np
from fastcore.basics import patch

class NothingToTrack(Exception):
    """Nothing of a sequence can be read"""

class Clock:
    """Frames of a video from a start on, `None` for one that cannot be read; with sizes and the time of decoding"""
    frames: Any
    start: Any
    at: Any
    spent: Any
    sizes: Any
    unreadable: Any

    def __init__(self, frames, start=0):
        ...

    @property
    def why(self) -> str:
        """Why the first frame that cannot be read cannot"""
        ...

    def __len__(self):
        ...

    def __iter__(self):
        ...

def as_box(got) -> np.ndarray:
    """Read a box off what a tracker returned, or raise a `ValueError`"""
    ...

class Watch:
    """A tracker whose calls are timed and whose boxes are checked"""
    seconds: Any
    first: Any
    tracker: Any
    clock: Any

    def __init__(self, tracker, clock: Clock):
        ...

    def init(self, frame, box):
        ...

    def update(self, frame):
        ...

    def _timed(self, f, *args):
        ...

    def need_start(self):
        """Raise `NothingToTrack` if it never started"""
        ...

    def track(self, box, truth=None) -> np.ndarray:
        """Track the frames in one pass"""
        ...
