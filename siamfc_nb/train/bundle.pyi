# Made by `make prep`: edit the notebook, not this file.
"""Crops and the program that trains on them, in an archive that Python runs as it is"""
from typing import Any
__all__ = ['needed', 'sources', 'thin', 'centres', 'h264', 'fitting', 'every_nth', 'encoded', 'Contents', 'write_bundle', 'decoded', 'read_archive']
import ast
import io
import json
import os
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from importlib import import_module
from itertools import islice
from pathlib import Path
import cv2
import numpy as np
import torch
from fastcore.basics import patch
from ..files import folder_name, whole
from ..pairs import color_basis

def _text(name):
    ...

def needed(name='train.gpu', seen=()) -> tuple:
    """List a module and all that it imports from the package when it is imported"""
    ...
_start: Any

def sources() -> dict:
    """Read the program: modules, the part of fastcore that they use, and the start"""
    ...

def thin(lengths, n: int, least=4) -> list:
    """Choose about `n` crops, evenly"""
    ...

def centres(tracks, chosen, size):
    """Cut out the centres of chosen crops"""
    ...

def h264(ims, quality=23) -> bytes:
    """Encode images as a video; odd sides grow by one pixel"""
    ...

def fitting(tracks, room, quality: int, size: int) -> list:
    """Choose as many crops as fit into a room, as a few of them tell"""
    ...

def every_nth(tracks, n: int=1, still=False) -> list:
    """Choose every n-th crop"""
    ...

def encoded(tracks, chosen, quality: int, size: int, part: int=512):
    """Encode crops as videos"""
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
        """Count the bytes, before the program is compressed"""
        ...

    @property
    def about(self) -> dict:
        ...

    def add(self, name, crops, chosen, still):
        """Encode chosen crops of a folder, and note what they are"""
        ...

    def table(self) -> bytes:
        """List track and frame of each crop, video and set of each track, as NumPy stores them"""
        ...

    def write(self, out, limit=55000000.0) -> int:
        """Write what `Store` reads; nothing if it is too large"""
        ...

def write_bundle(folders, out, quality: int=23, size: int=287, every: int=None, limit=55000000.0) -> dict:
    """Write crops and program as one file, which Python runs"""
    ...

def decoded(path) -> list:
    """Decode all frames of a video, by OpenCV"""
    ...

def read_archive(path) -> tuple:
    """Read the contents of an archive"""
    ...
