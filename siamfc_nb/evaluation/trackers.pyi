# Made by `make prep`: edit the notebook, not this file.
"""What `siamfc eval --tracker` understands, and how a tracker of yours gets a name"""
from typing import Any
__all__ = ['opencv', 'models', 'known', 'in_size', 'NCC', 'model_files', 'opencv_maker', 'OpenCVTracker', 'Known', 'register', 'lookup', 'title_of', 'ours', 'siamfc_tracker', 'outside', 'mk_tracker', 'digest_of', 'describe']
import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import blake2b
from importlib.metadata import entry_points
from pathlib import Path
import cv2
import numpy as np
import torch
from fastcore.basics import patch
from ..confidence import confidence_of
from ..crops import annotated
from ..embedding import Embedding
from ..pretrained import load_weights, named_weights, shipped_weights, weights_digest
from ..scales import experiments
from ..track.again import Again, AgainConfig
from ..track.configs import configs, get_config
from ..tracking import Tracker, Tracks
from ..xcorr import SiamNet

def in_size(frame, size):
    """Fit a frame to a tracker that cannot go on in another size"""
    ...

class NCC:
    """The first patch, found again by normalised cross-correlation; its size never changes"""
    reach: Any
    size: Any
    patch: Any
    at: Any
    box: Any

    def __init__(self, reach: float=1.0):
        ...

    def init(self, frame, box):
        """Remember the patch, as far as it lies in the frame"""
        ...

    def update(self, frame) -> tuple:
        """Find the patch in the next frame"""
        ...
opencv = dict(kcf='KCF', csrt='CSRT', mil='MIL', mosse='MOSSE', medianflow='MedianFlow', tld='TLD', nano='Nano', vit='Vit')
models = dict(nano=dict(backbone='nanotrack_backbone_sim.onnx', neckhead='nanotrack_head_sim.onnx'), vit=dict(net='object_tracking_vittrack_2023sep.onnx'))

def model_files(name: str, folder=None) -> dict:
    """Find the files of a tracker that is a network, or say which are missing"""
    ...

def opencv_maker(name: str):
    """Find OpenCV's function for a tracker, in this build"""
    ...
_late: Any

class OpenCVTracker:
    """A tracker of OpenCV behind our interface"""
    late: Any
    make: Any
    whole_numbers: Any
    tracker: Any
    box: Any
    size: Any

    def __init__(self, name: str):
        ...

    def init(self, frame, box):
        """Remember the target"""
        ...

    def update(self, frame) -> tuple:
        """Find the target in the next frame"""
        ...

@dataclass(frozen=True)
class Known:
    """A tracker that is found by its name"""
    title: str
    make: object
known: Any
_paths: Any

def register(name: str, title: str | None=None) -> Callable:
    """Let a tracker be found by its name"""
    ...

def lookup(name: str) -> Known | None:
    """Look up what is known of a name, from this package, a decorator or an entry point"""
    ...

def title_of(name: str) -> str:
    """Name a tracker as a table does"""
    ...

def ours(name: str) -> bool:
    """Tell whether a tracker runs the network of this package"""
    ...

def siamfc_tracker(name: str, device=None, weights=None) -> Tracker:
    """Make a tracker of this package by its name in an evaluation"""
    ...

def outside(path: str):
    """Load what a Python path names"""
    ...

def _maker(name: str):
    ...

def _searching(name, device, weights) -> Again:
    ...

def mk_tracker(name: str, device=None, weights=None) -> Tracks:
    """Make a tracker by its name in an evaluation"""
    ...

def digest_of(*parts) -> str:
    """Digest bytes, to tell them from others"""
    ...

def _source(name, make) -> dict:
    """Digest the file that a tracker comes from; with the shipped weights if it is one of this package"""
    ...

def describe(name: str, device=None, weights=None) -> dict:
    """Describe what tells a tracker from another: settings, weights, version or source; refuse what cannot be loaded"""
    ...
