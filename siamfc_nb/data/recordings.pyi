# Made by `make prep`: edit the notebook, not this file.
"""What a video file holds, what of it you are shown, and how a reader can tell"""
from typing import Any
__all__ = ['Unreadable', 'local_path', 'ffmpeg_name', 'source_kind', 'turn_of', 'turned', 'rotation_of', 'video_stream', 'packets_of', 'is_whole', 'opened', 'frame_of', 'all_shown', 'webp_times', 'Recording']
import ctypes
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit
import av
import numpy as np
from fastcore.basics import patch
from ..front import explain

class Unreadable(ValueError):
    """A picture or a video that cannot be read, or is not whole"""

def local_path(path) -> Path:
    """Turn a path, or an address `file:…`, into one that Python knows"""
    ...

def ffmpeg_name(path) -> str:
    """Name a path as FFmpeg must be given it: never a protocol, an option or a pattern"""
    ...

def source_kind(source) -> tuple:
    """Tell what there is to open"""
    ...

def turn_of(matrix) -> tuple:
    """Tell how a stored picture becomes the one that is shown"""
    ...

def turned(im, turn):
    """Turn a stored picture into the one that is shown"""
    ...
_turns: Any

def rotation_of(turn) -> dict:
    """Say what was done to a picture, for a record"""
    ...

def video_stream(f, what):
    """Choose the stream to look at; a song has none, or one with its cover, and is `Unreadable`"""
    ...

def packets_of(f, s):
    """Read packets in the order of the file; PyAV trips over streams that begin on the way, as a new programme's do"""
    ...

def is_whole(p) -> bool:
    """Tell whether it is one of the frames that a header counts, and all of it"""
    ...

@contextmanager
def opened(path):
    """Open a video file with PyAV"""
    ...

def _matrix(fr, codec):
    """Read the display matrix of a frame"""
    ...

def frame_of(fr, codec: str):
    """Convert a decoded frame to RGB, as it is shown"""
    ...

def all_shown(packets, codec) -> bool:
    """Tell whether the decoder can begin with the first packet, and each of them becomes a frame"""
    ...

def webp_times(path) -> list:
    """Read times from the chunks of a WebP"""
    ...

class Recording:
    """A video file, decoded from its start: RGB frames as they are shown, each with its time"""
    told: Any
    until: Any
    rate: Any
    aspect: Any
    webp: Any
    path: Path
    n: int
    fps: float

    def __init__(self, path: str | os.PathLike):
        ...

    def _measure(self):
        """Find how many frames there are, and how fast; a file without any is an error"""
        ...

    def _count(self):
        """Count the frames that are shown, from the index or the packets; note their rate and what the header promises"""
        ...

    def _count_decoded(self):
        """Count frames where the first ones cannot be decoded: see what comes out before the second keyframe"""
        ...

    def _decode(self):
        """Decode; before the first frame what cannot be decoded is skipped, after it only where nothing follows"""
        ...

    def timed(self) -> Iterator[tuple[np.ndarray, float]]:
        """Decode all frames in order, with their times after the first"""
        ...

    def decode(self) -> Iterator[np.ndarray]:
        """Decode all frames in order; a file that ends early is an error after its last good frame"""
        ...

    def _decode_webp(self):
        """Decode the frames of a WebP"""
        ...

    def _ended(self, i, at, state):
        """Compare a file that ended with what it should have held: an error if that is more"""
        ...

    def _damaged(self, i, bad):
        ...

    def _look(self):
        """Look at the first frame: `(H,W)` as it is shown, and how it is rotated"""
        ...

    @property
    def size(self) -> tuple:
        """`(H,W)` of the first frame as it is shown, pixels"""
        ...

    @property
    def turn(self) -> tuple:
        """How its pictures are rotated, see `turn_of`"""
        ...

    @property
    def times(self) -> np.ndarray:
        """When each frame is shown, after the first; from the packets, without decoding, where they tell"""
        ...

def _seconds(text):
    """Read `00:01:02.5` as seconds; 0 if it is something else"""
    ...

class _Decoding:
    """What a decoder met on its way through a file"""
    seen: Any
    bad: Any
    seen = 0
    bad = None

    def frames(self, f, s):
        ...

    def goes_on(self, fr) -> bool:
        """Tell whether a frame lies behind an error"""
        ...
