# Made by `make prep`: edit the notebook, not this file.
"""One model for every video, and frames from files (§2.3)"""
from typing import Any
__all__ = ['track_of', 'Video', 'ImageFiles', 'exact_rate', 'VideoWriter', 'write_video', 'VideoFile', 'photos', 'noise_texture', 'texture', 'outline', 'Part', 'mk_part', 'mk_object', 'compose', 'pose', 'exact_box', 'draw', 'streak', 'smooth_path', 'poses', 'scene', 'Thing', 'Rendered', 'World', 'ToyWorld', 'toy_video', 'most_pixels', 'jpeg_flaw', 'png_flaw', 'tiff_flaw', 'quiet', 'decode_image', 'read_image', 'frame_size']
import os
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
import av
import cv2
import numpy as np
from fastcore.basics import patch
from .crops import check_frame
from .front import explain
from .recordings import Recording, ffmpeg_name

def track_of(boxes, what) -> np.ndarray:
    """Boxes as an array of floats, or a `ValueError` that says what is wrong"""
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
    """A rate as the fraction that is meant: 29.97 of a clock, 30000/1001 of a broadcast"""
    ...

class VideoWriter:
    """H.264 from RGB frames, one at a time"""
    path: Any
    rate: Any
    crf: Any
    threads: Any
    aspect: Any
    live: Any
    file: Any
    n: Any
    key: Any
    base: Any
    stream: Any
    size: Any
    at: Any

    def __init__(self, path, fps=25, crf=23, threads: int=0, aspect=Fraction(1), live=False):
        ...

    def add(self, frame, time=None):
        """Encode a frame; the first one makes the file"""
        ...

    def close(self):
        """Finish the file, if there is one"""
        ...

    def _open(self, size):
        """Make the file"""
        ...

    def _encode(self, frame, time):
        """Hand a frame to the encoder"""
        ...

def write_video(path, frames: Iterable, fps=25, crf=23, threads: int=0, times=None) -> int:
    """H.264 video from RGB frames; what was written stays readable if `frames` raises"""
    ...

class VideoFile(Recording, Sequence[np.ndarray]):
    """A video file as a sequence of RGB frames as they are shown, decoded in order"""

    def __init__(self, path: str | os.PathLike):
        ...

    def _anew(self):
        """Nothing is decoded yet; another process starts so, too"""
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

    def _frame(self, i):
        ...
_shared: Any
from functools import lru_cache

@lru_cache
def photos() -> tuple:
    """Photographs that scikit-image, scikit-learn and matplotlib ship, `(H,W,3)` `uint8` RGB"""
    ...

def noise_texture(rng, h: int, w: int) -> np.ndarray:
    """Coloured noise with structure at several sizes, or stripes and checks"""
    ...

def texture(rng, h: int, w: int) -> np.ndarray:
    """A piece of a photograph, rotated, scaled and recoloured, or noise"""
    ...

def outline(rng) -> np.ndarray:
    """A random closed shape: rectangle, polygon, ellipse or blob"""
    ...

@dataclass
class Part:
    """One textured shape of an object"""
    rgba: np.ndarray
    points: np.ndarray
    unit: np.ndarray
    pivot: np.ndarray
    swing: tuple

def mk_part(rng, at=(0, 0), scale=1.0, swing=0.0, S: int=112) -> Part:
    """A part with a random outline and texture"""
    ...

def mk_object(rng) -> list:
    """An object of one to four parts"""
    ...

def compose(A, B):
    """The affine map $A\\circ B$"""
    ...

def pose(part: Part, M, t: float=0.0):
    """Where a part is at time `t`"""
    ...

def exact_box(parts, M, t: float=0.0) -> np.ndarray:
    """Box of an object from its outlines"""
    ...

def draw(canvas, parts, M, t: float=0.0, light=1.0, blur=(0, 0)):
    """Draw an object over a canvas"""
    ...

def streak(n: int, th: float):
    """Kernel of straight motion blur"""
    ...

def smooth_path(rng, n: int, d: int=1, tau: float=12):
    """A smooth random path"""
    ...

def poses(rng, n: int, c, r, move, grow, turn) -> np.ndarray:
    """Where something is at each time: it moves, grows and rotates smoothly"""
    ...

def scene(rng, size) -> np.ndarray:
    """A background"""
    ...

@dataclass
class Thing:
    """An object in a world"""
    name: str
    parts: list
    poses: np.ndarray
    light: np.ndarray

class Rendered(Sequence):
    """`n` frames, each drawn by `render(i)` when it is asked for"""

    def __len__(self):
        ...

    def __getitem__(self, i):
        ...

class World(Rendered):
    """A scene before a camera: `size` is `(H,W)` of a frame, `cam` has a `(2,3)` map of the world to each frame"""

    def to_frame(self, M, i: int):
        """Through the camera"""
        ...

class ToyWorld(World):
    """Generated frames; `tracks` holds the exact boxes of its objects, NaN where less than a quarter can be seen"""
    cam: Any
    shutter: Any
    gain: Any
    tracks: Any
    n: Any
    size: Any
    sigma: Any
    noise_seed: Any
    background: Any
    things: Any
    order: Any

    def __init__(self, seed: int, n: int=60, size=(240, 320), objects: int=3, distractors=0.5, occlusion=0.5, blur=0.3, noise=6.0, light=0.25, camera=1.0, speed=1.0):
        ...

    def add(self, rng, name, parts, speed, light):
        """Put an object into the world"""
        ...

    def fill(self, rng, objects: int, distractors, occlusion, speed, light):
        """Put all objects into the world, in the order in which they are drawn"""
        ...

    def visible(self, i: int) -> dict:
        """What can be seen of each tracked object"""
        ...

    def mk_tracks(self) -> dict:
        """Exact boxes of the tracked objects"""
        ...

    def render(self, i: int) -> np.ndarray:
        """Draw a frame"""
        ...

def toy_video(seed: int, **kwargs) -> Video:
    """A generated video with exact boxes"""
    ...
import re
import zlib
from contextlib import contextmanager
from .recordings import Unreadable, local_path
most_pixels: Any
_marker: Any

def jpeg_flaw(data: bytes) -> str:
    """Walk the segments of a JPEG to its end"""
    ...

def png_flaw(data: bytes) -> str:
    """Walk the chunks of a PNG to its end"""
    ...

def tiff_flaw(data: bytes) -> str:
    """Walk the directories of a TIFF: smaller copies of a picture, and its mask, are no pictures"""
    ...
_log: Any

@contextmanager
def quiet():
    """Without OpenCV's remarks: a sentence of ours says what they do"""
    ...
_flaws: Any

def _reason(e):
    """What OpenCV found, without the place in its source"""
    ...

def decode_image(data: bytes, what, *kinds):
    """A picture, or `Unreadable`: whatever OpenCV says about it"""
    ...

def read_image(path, *kinds):
    """An image from a file; one that is not whole is `Unreadable`, where a decoder would fill the rest with grey"""
    ...

def frame_size(frames, first=0) -> tuple:
    """Size of the first frame that can be read"""
    ...
