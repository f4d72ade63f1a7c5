# Made by `make prep`: edit the notebook, not this file.
"""From a score map to a box, frame after frame (§2.4, §4.1)"""
from typing import Any
__all__ = ['cubic', 'upsampling', 'cosine_window', 'penalised', 'blended', 'locate', 'resize', 'move', 'Targets', 'Tracker', 'Tracks', 'open_frames']
import os
import reprlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Protocol, runtime_checkable
import cv2
import numpy as np
from fastcore.basics import patch
from numpy.typing import ArrayLike
from .arrays import along, as_rows, columns, library, xcorr_each
from .confidence import confidence_of, load_confidence, psr
from .crops import check_box, check_frame, context_side, crop, crop_torch, from_center, to_center, to_input
from .errors import say
from .front import explain
from .pretrained import as_device, as_tensor, fold_bn, load_weights, named_weights
from .scales import equal_norms
from .track.configs import TrackConfig, get_config, usual
from .track.runtime import Place, alone, choose

def cubic(t, a=-0.5):
    """Weight a neighbour by its distance: the bicubic kernel"""
    ...

def upsampling(n: int=17, up: int=16, xp=None):
    """Make the matrix $U$ with $UvU^\\top$ = bicubic up-sampling of $v$"""
    ...

def cosine_window(n: int=272, xp=None):
    """Make a cosine (Hann) window"""
    ...

def penalised(peaks, penalties):
    """Lower peaks by the penalty on a change of scale (§2.4)"""
    ...

def blended(r, w, influence):
    """Blend scores with the window; the highest value is the place (§2.4)"""
    ...

def locate(v, U, w, penalties, influence):
    """Find the scale and displacement of the target (§2.4), of one or of many"""
    ...

def resize(side, first, f, bounds, damping=1):
    """Carry out a change of scale"""
    ...

def move(c, side, first, d, zoom, f, cfg, stride=8):
    """Carry out a displacement and a damped change of scale (§4.1)"""
    ...

@dataclass
class Targets:
    """Where `N` objects are, a row each; tensors instead of arrays where a step stays on a device"""
    c: np.ndarray
    size: np.ndarray
    side: np.ndarray
    first: np.ndarray
    fill: np.ndarray
    age: np.ndarray
    peaks: np.ndarray

    def __len__(self):
        ...

    def __iter__(self):
        ...

    def __getitem__(self, i):
        ...

    def __add__(self, b):
        ...

    @classmethod
    def start(cls, boxes, fill, context=0.5) -> 'Targets':
        """Start objects from their boxes in the first frame"""
        ...

    @property
    def boxes(self) -> np.ndarray:
        """`(N,4)` boxes `(x,y,w,h)`, pixels"""
        ...

    def enter(self, old, new) -> Targets:
        """Carry objects over into frames of another resolution, which show the same view"""
        ...

    def regions(self, cfg):
        """Tell what is to be searched in the next frame"""
        ...

    def after(self, found, cfg, stride=8) -> Targets:
        """Take the objects one frame further (§4.1)"""
        ...

class Tracker:
    """SiamFC: track the object in a box of the first frame (§2.4, §4.1)"""
    device: Any
    around: Any
    on_device: Any
    phi: Any
    U: Any
    window: Any
    penalties: Any
    computed: Any
    judge: Any
    weights: Any
    plausible: Any
    gain: Any
    bias: Any
    stride: Any
    batch: Any
    shape: Any
    at: Any
    z: Any
    scores: Any
    chosen: Any
    past: Any
    features: Any
    cfg: TrackConfig
    confidence: float | None
    lost: bool
    outside = True
    xp = property(lambda self: np if isinstance(self.device, Place) else library())

    def __init__(self, net=None, config: str | TrackConfig='siamfc-3s', device=None, confidence=None, batch: int=64, phi=None):
        ...

    def _ready(self, x):
        """Put numbers, or a network, where the tracker computes"""
        ...

    def _start(self, shape=None, at=None, z=None):
        """Begin with what is known of the target, and with nothing yet of its boxes"""
        ...

    @classmethod
    def pretrained(cls, name: str | TrackConfig | None=None, device=None, weights=None, runtime: str='auto', precision: str='auto', **kwargs) -> 'Tracker':
        """Make a tracker with the weights that ship with the package, or with those of a file"""
        ...

    @property
    def c(self) -> np.ndarray:
        """Centre of the target `(cx,cy)`, pixels"""
        ...

    def squares(self, frames, owner, at: Targets, sides, size: int):
        """Crop squares of the frames around the objects"""
        ...

    def embed(self, frames, owner, at: Targets, sides, size: int):
        """Embed squares of the frames around the objects"""
        ...

    def exemplars(self, frames, owner, at: Targets):
        """Embed the objects as kernels: φ(z), times the gain"""
        ...

    def init(self, frame: np.ndarray, box: ArrayLike) -> None:
        """Remember the target"""
        ...

    def correlate(self, at: Targets, z, frames, owner, sides):
        """Score the scales, a map each: one forward pass"""
        ...

    def _located(self, v):
        """Find the objects in their maps"""
        ...

    def step(self, at: Targets, z, frames, owner):
        """Find objects in their frames: one forward pass, one wait for the device"""
        ...

    def _next(self, at, frame):
        ...

    def update(self, frame: np.ndarray) -> tuple[np.ndarray, float]:
        """Find the target in the next frame; after an error, go on with another frame"""
        ...

    def follow(self, frames: Iterable[np.ndarray] | str | os.PathLike, box: ArrayLike) -> Iterator[tuple[np.ndarray, float]]:
        """Track through frames, one at a time"""
        ...

    def track(self, frames: Iterable[np.ndarray] | str | os.PathLike, box: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Track through frames; an error on the way carries what was tracked as `boxes` and `scores`"""
        ...

def _cropped_here(frames, owner, at, sides, size):
    """Crop with OpenCV: `(N·K,size,size,3)` `uint8`"""
    ...

def _cropped_there(frames, owner, at, sides, size, device):
    """Crop on a device, all objects of one frame and colour at once"""
    ...

@runtime_checkable
class Tracks(Protocol):
    """What follows one object"""

    def init(self, frame: np.ndarray, box: ArrayLike) -> None:
        """Remember the object"""
        ...

    def update(self, frame: np.ndarray) -> tuple[np.ndarray, float]:
        """Find the object in the next frame"""
        ...

def open_frames(frames):
    """Open frames if they are a path"""
    ...
