# Made by `make prep`: edit the notebook, not this file.
"""Boxes as files that are readable at any time"""
from typing import Any
__all__ = ['Found', 'annotate', 'table_columns', 'table_row', 'table_text', 'Recorder']
import csv
import io
import json
import os
from collections.abc import Callable
from contextlib import ExitStack
from fractions import Fraction
from itertools import cycle
from pathlib import Path
from time import perf_counter
from typing import NamedTuple
import cv2
import numpy as np
from fastcore.basics import patch
from ..drawing import draw_boxes, ten
from ..files import need_folder, whole
from ..report import provenance
from .feeds import hide
from ..videos import VideoWriter

class Found(NamedTuple):
    """Where an object is"""
    box: np.ndarray
    score: float
    confidence: float | None = None
    lost: bool | None = None

def annotate(i: int, frame, found: dict) -> np.ndarray:
    """Draw boxes into a frame: several have names beside them, a lost one a thin line and a question mark"""
    ...

def table_columns(judged=False) -> list:
    """Name the columns of the table of boxes"""
    ...

def table_row(i: int, time, name: str, o: Found, judged=False) -> list:
    """Write a row of the table of boxes"""
    ...

def table_text(rows) -> str:
    """Write rows as lines of CSV"""
    ...

class Recorder:
    """Boxes as files: NAME.csv, NAME.mp4, for several objects NAME.mot.txt, and in the end NAME.json; see `earlier`"""
    kinds: Any
    video: Any
    all: Any
    reads: Any
    out: Any
    name: Any
    several: Any
    judged: Any
    about: Any
    n: Any
    dropped: Any
    tracking: Any
    seconds: Any
    stopped: Any
    files: Any
    rate: Any
    size: Any
    began: Any
    ids: Any
    start: Any

    def __init__(self, out: str | os.PathLike, name: str, fps: float=25.0, several=False, judged=False, about=None, aspect=Fraction(1), video=True, reads='', more=()):
        ...

    def path(self, kind):
        ...

    @property
    def fps(self) -> float:
        """Frames per second of tracking alone"""
        ...

    def __repr__(self):
        """Say how much was stored, how fast, and where"""
        ...

    def earlier(self) -> list[Path]:
        """List what an earlier run left under this name, by its table's columns; a file of yours is a `ValueError`"""
        ...

    def _open(self):
        """Remove what an earlier run left, and start the files"""
        ...

    def _write(self, kind, rows):
        """Write rows in one piece"""
        ...

    def _mot(self, i, k, o):
        """Write a row of MOTChallenge; an object keeps its number, whoever comes and goes"""
        ...

    def add(self, i: int, found: dict[str, Found], seconds: float=0.0, drawn: np.ndarray | None=None, time: float | None=None, draw: Callable | None=None) -> None:
        """Store a frame"""
        ...

    def tracks(self) -> dict:
        """Read what the table of boxes holds, object by object"""
        ...

    def close(self, ended: str='') -> None:
        """Finish the files, and write the JSON"""
        ...
_numbers: Any
