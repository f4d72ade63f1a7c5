# Made by `make prep`: edit the notebook, not this file.
"""Frames that are decoded and annotation that is parsed when you look at them"""
from typing import Any
__all__ = ['need_dataset', 'find_root', 'FolderFrames', 'read_boxes', 'polygon_box', 'as_boxes', 'cache_folder', 'LazyVideo', 'sized_frame', 'check_start', 'LazyVideos', 'some_of', 'listed_videos']
import json
import os
import re
import warnings
from collections.abc import Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
import numpy as np
from fastcore.basics import patch
from ..crops import check_box
from ..errors import count_of
from ..files import folders, image_endings, lines, listing, whole
from ..videos import ImageFiles, Video

def need_dataset(path, dataset):
    """Check that a path exists, as it must for `dataset` to be there"""
    ...

def find_root(root, marker, *inside) -> Path:
    """Find the folder of a dataset: the one that was named, the only one in it that fits, or one that it lies in"""
    ...

class FolderFrames(ImageFiles):
    """The images of a folder as a sequence of RGB frames"""
    folder: Any
    names: Any

    def __init__(self, folder, what):
        ...

    def __len__(self):
        ...

    @cached_property
    def paths(self) -> list:
        ...
_no_number: Any
_commas: Any

def _numbers(path, i, row) -> np.ndarray:
    """Read the numbers of a row"""
    ...

def _absent(row):
    ...

def _alike(path, b, cols):
    """Refuse rows that differ in length, or have more or fewer numbers than they may"""
    ...

def read_boxes(path, n=None, cols=None) -> np.ndarray:
    """Read rows of numbers parted by commas, semicolons, tabs or blanks; lines that begin with # or % are remarks"""
    ...

def polygon_box(poly, how='minmax'):
    """Find an upright box for each polygon"""
    ...

def as_boxes(b):
    """Make boxes upright: where polygons stand instead, around those"""
    ...

def cache_folder(cache, *key):
    """Tell where the parsed annotation of a dataset is kept"""
    ...

def _store(path, value):
    """Write JSON; a cache that cannot be written is a warning, not an error"""
    ...

def _load(path) -> dict:
    """Read what `_store` wrote"""
    ...

def _sign(paths) -> list:
    """Sum up what changes when files do"""
    ...

class LazyVideo(Video):
    """A video whose tracks are read when they are first asked for"""
    name: Any
    frames: Any
    read: Any
    cache: Any
    sources: Any

    def __init__(self, name: str, frames: Sequence, read, cache=None, sources=()):
        ...

    def __repr__(self):
        ...

    @property
    def tracks(self) -> dict:
        ...

    @cached_property
    def info(self) -> dict:
        """All that the annotation says"""
        ...

def _clean(v: Video, d: dict) -> dict:
    """Make arrays, one value per frame; boxes that have no area are NaN, and `zero_area` says in which frames"""
    ...

def sized_frame(video: Video, i: int):
    """Read a frame; a `ValueError` if its annotation is of another size"""
    ...

def _compare(video, i, shape):
    """Refuse a frame whose annotation is of another size"""
    ...

def check_start(video: Video, i: int, *boxes):
    """Refuse frames that are not those of the annotation, as far as one frame tells: its size, and a box outside of it"""
    ...

class LazyVideos(Sequence):
    """The videos of a dataset, each built when it is asked for"""
    made: Any
    where: Any
    load: Any
    cache: Any
    passed: Any
    names: Any

    def __init__(self, where: dict, load, cache=None, passed=(), made=None):
        ...

    def __len__(self):
        ...

    def __contains__(self, name):
        ...

    def __repr__(self):
        ...

    def __add__(self, o):
        ...

    def __radd__(self, o):
        ...

    def __getitem__(self, i):
        ...

    def table(self, tracks=False) -> list:
        """List a dict per video: `name`, `frames`, `tracks` = visible boxes of each if asked for, `error` if unreadable"""
        ...

def _mtime(path):
    """Ask when it was changed, ns; 0 if it is not there"""
    ...

def _row(vs, k, r, tracks) -> dict:
    """Make one row of an index"""
    ...

def some_of(names) -> str:
    """Say how many, and name the first"""
    ...

def listed_videos(lst, there, truth):
    """Find videos by a list, or all that there are"""
    ...
