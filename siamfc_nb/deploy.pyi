# Made by `make prep`: edit the notebook, not this file.
"""Where the time of an update goes, and what can be saved (§2.2, §4.1)"""
from typing import Any
__all__ = ['opset', 'conv_flops', 'Score', 'export_onnx', 'calibration_crops', 'quantize', 'pack_graphs', 'int8_onnxruntime', 'int8_openvino', 'DeviceTracker', 'GraphTracker']
import json
import logging
import tempfile
import warnings
from copy import copy, deepcopy
from functools import partial
from pathlib import Path
import numpy as np
import torch
from fastcore.basics import patch
from torch import nn
from .arrays import as_rows
from .crops import check_box, check_frame, context_side, crop, crop_torch, to_center, to_input
from .files import whole
from .pretrained import as_tensor, fold_bn, load_weights, shipped_weights, weights_digest
from .track.runtime import OnnxPhi, OpenVinoPhi, Outside, fill_groups, graph_file, graph_of, images_of
from .track.runtime import least, optional
from .tracking import Targets, Tracker
from .xcorr import SiamNet

def conv_flops(phi, size=255) -> dict:
    """Count the floating-point operations of the convolutions for one image"""
    ...
opset = 18

class Score(nn.Module):
    """Score maps of search images against kernels (eq. 2), as one matrix product"""
    phi: Any
    bias: Any

    def __init__(self, net: SiamNet):
        ...

    def forward(self, z, x):
        ...

def export_onnx(net: SiamNet, folder) -> dict:
    """Write φ and the score map as ONNX files, with the number of images left open"""
    ...

def calibration_crops(n=24, videos=None, seed=0) -> list:
    """Cut exemplars and search images for calibration"""
    ...

def quantize(path, out, crops=None) -> Path:
    """Write φ in 8 bits: static, weights of 7 bits per output channel, activations calibrated on crops"""
    ...

def _images_first(m):
    """Let a graph take images, `(B,H,W,3)` whole numbers, instead of floats"""
    ...

def _leave_out(m):
    """Take the filters out of a graph"""
    ...

def _filled(net):
    """Copy a network, its groups filled as 8 bits want it, see `fill_groups`"""
    ...

def pack_graphs(weights=None, crops=None) -> dict:
    """Write φ of weights as graphs without filters, in 32 bits and in 8"""
    ...

def _dither(run):
    ...

def int8_onnxruntime() -> Tracker:
    ...

def int8_openvino() -> Tracker:
    ...

def _squares(frames, owner, at, sides, size, dtype, batch):
    """Cut as `Tracker.squares` does, from a frame that lies on the device"""
    ...

def _on_device(t, dtype, batch):
    """Copy a tracker, for frames that lie on a device"""
    ...

def _same_exemplar(cfg):
    """Refuse what would change the graph"""
    ...

class DeviceTracker:
    """Objects in frames that lie on a device; on CUDA a step is one graph, and its result stays there"""
    t: Any
    at: Any
    out: Any
    frame: Any
    graph: Any
    scores: Any
    rows: Any
    z: Any

    def __init__(self, t: Tracker, frame, boxes, dtype=None, batch: int=192):
        ...

    @property
    def state(self) -> list:
        ...

    def step(self):
        """Find the objects in `frame`; `out` gets `(N,6)` box, peak and index of the scale, and `psr`, if boxes are judged"""
        ...

    def record(self):
        """Record the step as a CUDA graph; where the objects are stays as it was"""
        ...

    def enter(self, size):
        """Take the objects along into frames of another resolution, see `Targets.enter`; on CUDA, record the step anew"""
        ...

    def update(self, frame):
        """Find all objects in the next frame"""
        ...

def _unpacked(rows):
    """Part rows into `Targets` and what `locate` found"""
    ...

class GraphTracker(Tracker):
    """A `Tracker` whose whole step runs on the device, on CUDA as one graph"""
    dtype: Any
    steps: Any
    outside = False

    def __init__(self, net: SiamNet, config='siamfc-3s', device=None, dtype=torch.float32, confidence=None):
        ...

    def _next(self, at, frame):
        ...

    def init(self, frame, box):
        """Remember the target; on CUDA, record the step"""
        ...
