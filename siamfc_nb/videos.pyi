# Made by `make prep`: edit the notebook, not this file.
"""One model for every video, and frames from files (§2.3)"""
from typing import Any
__all__ = ['track_of', 'Video', 'ImageFiles', 'exact_rate', 'VideoWriter', 'write_video', 'VideoFile', 'frame_size']
import os
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from queue import Queue
import av
import numpy as np
from av.video.reformatter import VideoReformatter
from fastcore.basics import patch
from .crops import check_frame
from .data.images import read_image
from .data.recordings import Recording, ffmpeg_name
from .front import explain

def track_of(boxes, what) -> np.ndarray:
    """Turn boxes into an array of floats, or raise a `ValueError` that says what is wrong"""
    ...

@dataclass
class Video:
    """A video and the tracks of its objects (§2.3)"""
    name: str
    frames: Sequence
    tracks: dict = field(default_factory=dict)

    def __post_init__(self):
        ...

    def __len__(self):
        ...

    def __repr__(self):
        ...

    @property
    def boxes(self) -> np.ndarray:
        """The first track, `(N,4)`"""
        ...

class ImageFiles(Sequence):
    """Image files as a sequence of RGB frames, each decoded when it is asked for"""
    paths: Any

    def __init__(self, paths: Iterable):
        ...

    def __len__(self):
        ...

    def __getitem__(self, i):
        ...

def exact_rate(fps) -> Fraction:
    """Find the fraction that a rate means: 29.97 of a clock, 30000/1001 of a broadcast"""
    ...

class VideoWriter:
    """H.264 from RGB frames, one at a time; a thread encodes them, three frames behind at most"""
    path: Any
    rate: Any
    crf: Any
    threads: Any
    aspect: Any
    live: Any
    file: Any
    n: Any
    key: Any
    errors: Any
    told: Any
    base: Any
    stream: Any
    end: Any
    thread: Any
    size: Any
    todo: Any
    at: Any

    def __init__(self, path, fps=25, crf=23, threads: int=0, aspect=Fraction(1), live=False):
        ...

    def add(self, frame, time=None, draw=None):
        """Hand over a copy of a frame; the first one makes the file. An error of an earlier one is raised"""
        ...

    def close(self):
        """Finish the file, if there is one"""
        ...

    def _open(self, size):
        """Make the file"""
        ...

    def _hand_over(self, frame, time, draw):
        """Hand a frame to the encoder, with its time"""
        ...

def _encode(todo, f, s, unit, errors):
    """Encode frames as they come"""
    ...

def write_video(path, frames: Iterable, fps=25, crf=23, threads: int=0, times=None) -> int:
    """Write RGB frames as H.264; what was written stays readable if `frames` raises"""
    ...

class VideoFile(Recording, Sequence[np.ndarray]):
    """A video file as a sequence of RGB frames as they are shown, decoded in order"""

    def __init__(self, path: str | os.PathLike):
        ...

    def _anew(self):
        """Forget what is decoded; another process starts so, too"""
        ...

    def __len__(self) -> int:
        ...

    def __iter__(self) -> Iterator[np.ndarray]:
        ...

    def __getstate__(self):
        ...

    def __setstate__(self, state):
        ...

    def __getitem__(self, i):
        ...

    def _slice(self, s):
        ...

    def _frame(self, i):
        ...
_shared: Any

def frame_size(frames, first=0) -> tuple:
    """Read the size of the first frame that can be read"""
    ...
