# Made by `make prep`: edit the notebook, not this file.
"""Objects of one or several videos, in one step per frame"""
from typing import Any
__all__ = ['Refused', 'MultiTracker']
import os
import reprlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any
from warnings import warn
import cv2
import numpy as np
from fastcore.basics import patch
from numpy.typing import ArrayLike
from .arrays import library
from .crops import check_box, check_frame
from .front import explain
from .tracking import Targets, Tracker, open_frames

class Refused(ValueError):
    """Some objects were refused; the others went on"""
    errors: Any
    found: Any

    def __init__(self, errors: dict, found: dict):
        ...

class MultiTracker:
    """Many objects, of one or of several videos, in one step per frame"""
    begun: Any
    tracker: Any
    video: Any
    shape: Any
    past: Any
    at: Any
    z: Any
    names: list[Any]
    confidence: dict[Any, float]
    lost: dict[Any, bool]

    def __init__(self, tracker: Tracker | None=None):
        ...

    @classmethod
    def pretrained(cls, *args, **kwargs) -> 'MultiTracker':
        """Make one with the weights that ship with the package, or with those of a file"""
        ...

    def __len__(self):
        ...

    def _enter(self, video, frame):
        """Take the objects of a video along into frames of another resolution, see `Targets.enter`"""
        ...

    def _put(self, i, at: Targets):
        """Write some rows"""
        ...

    def _sorted(self, frame, boxes: dict) -> tuple:
        """Sort out which objects can be started"""
        ...

    def _remember(self, frame, boxes: dict, video):
        """Embed some objects, and follow them from now on"""
        ...

    def init(self, frame: np.ndarray, boxes: Mapping[Any, ArrayLike], video=None) -> dict[Any, tuple[np.ndarray, float]]:
        """Start objects, at any frame; `Refused` names those that cannot be, after the others were started"""
        ...

    def stop(self, *names) -> None:
        """Forget objects, at any frame"""
        ...

    def update(self, frames: np.ndarray | dict[Any, np.ndarray]) -> dict[Any, tuple[np.ndarray, float]]:
        """Find all objects in the next frames; `Refused` names those whose frame is bad, after the others were found"""
        ...

    def _advance(self, i, frames, owner) -> dict:
        """Advance some of the objects by one step"""
        ...

    def follow(self, frames: Iterable[np.ndarray] | str | os.PathLike, starts: Mapping[int, Mapping[Any, ArrayLike]], stops: Mapping[int, Iterable] | None=None) -> Iterator[dict[Any, tuple[np.ndarray, float]]]:
        """Track objects through the frames of a video, one frame at a time"""
        ...

    def track(self, frames: Iterable[np.ndarray] | str | os.PathLike, starts: Mapping[int, Mapping[Any, ArrayLike]], stops: Mapping[int, Iterable] | None=None) -> dict[Any, tuple[int, np.ndarray, np.ndarray]]:
        """Track objects through a video; an error on the way carries what was tracked as `tracks`"""
        ...

def _need_dict(what, given, say):
    """Raise a `TypeError` for what is no dict"""
    ...

def _check_plan(starts, stops):
    """Refuse objects that would never start or stop, before the first frame"""
    ...
