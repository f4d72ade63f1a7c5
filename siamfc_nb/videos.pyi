# Made by `make prep`: edit the notebook, not this file.
"""One model for every video, and frames from files (§2.3)"""
from typing import Any
__all__ = ['track_of', 'Video', 'Unreadable', 'local_path', 'ffmpeg_name', 'source_kind', 'ImageFiles', 'exact_rate', 'VideoWriter', 'write_video', 'turn_of', 'turned', 'video_stream', 'packets_of', 'opened', 'rotation_of', 'frame_of', 'all_shown', 'VideoFile', 'webp_times', 'photos', 'noise_texture', 'texture', 'outline', 'Part', 'mk_part', 'mk_object', 'compose', 'pose', 'exact_box', 'draw', 'streak', 'smooth_path', 'poses', 'scene', 'Thing', 'Rendered', 'World', 'ToyWorld', 'toy_video', 'most_pixels', 'jpeg_flaw', 'png_flaw', 'tiff_flaw', 'quiet', 'decode_image', 'read_image', 'frame_size']
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit
import av
import cv2
import numpy as np
from fastcore.basics import patch
from PIL import Image
from .crops import check_frame
from .front import explain

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

class Unreadable(ValueError):
    """A picture or a video that cannot be read, or is not whole"""

def local_path(path) -> Path:
    """A path as Python knows it"""
    ...

def ffmpeg_name(path) -> str:
    """A path as FFmpeg must be given it: never a protocol, an option or a pattern"""
    ...

def source_kind(source) -> tuple:
    """What there is to open"""
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

def turn_of(matrix) -> tuple:
    """How a stored picture becomes the one that is shown"""
    ...

def turned(im, turn):
    """A picture as it is shown"""
    ...

def video_stream(f, what):
    """The stream to look at, or `Unreadable`: a song has none, or one with its cover"""
    ...

def packets_of(f, s):
    """Packets in the order of the file; PyAV trips over streams that begin on the way, as a new programme's do"""
    ...

@contextmanager
def opened(path):
    """A video file, for PyAV"""
    ...
_turns = {(0, 0, 0): (0, False), (1, 1, 0): (90, False), (0, 1, 1): (180, False), (1, 0, 1): (270, False), (0, 1, 0): (0, True), (1, 1, 1): (90, True), (0, 0, 1): (180, True), (1, 0, 0): (270, True)}

def rotation_of(turn) -> dict:
    """What was done to a picture, for a record"""
    ...

def _matrix(fr, codec):
    """The display matrix of a frame"""
    ...

def frame_of(fr, codec: str):
    """A decoded frame as it is shown"""
    ...

def all_shown(packets, codec) -> bool:
    """Whether the decoder can begin with the first packet, and each of them becomes a frame"""
    ...

class VideoFile(Sequence):
    """A video file as a sequence of RGB frames as they are shown, decoded in order"""
    path: Any
    told: Any
    until: Any
    rate: Any
    aspect: Any
    webp: Any
    fps: Any
    n: Any

    def __init__(self, path):
        ...

    def __len__(self):
        ...

    def __iter__(self):
        ...

    def __getstate__(self):
        ...

    def __getitem__(self, i):
        ...

    def _measure(self):
        """How many frames there are, and how fast; a file without any is an error"""
        ...

    def _count(self):
        """How many frames are shown and how fast, from the index or the packets, and what the header promises"""
        ...

    def _count_decoded(self):
        """The same for a video that starts with what nobody can decode: see what comes out before the second keyframe"""
        ...

    def _decode(self):
        """Decode; before the first frame what cannot be decoded is skipped, after it only where nothing follows"""
        ...

    def timed(self):
        """All frames in order, with their times after the first"""
        ...

    def decode(self):
        """All frames in order; a file that ends early is an error after its last good frame"""
        ...

    def _ended(self, i, at, state):
        """What a file that ended should have held: an error if that is more"""
        ...

    def _damaged(self, i, bad):
        ...

    def _look(self):
        """`(H,W)` of the first frame as it is shown, and how it is rotated"""
        ...

    @property
    def size(self) -> tuple:
        """`(H,W)` of the first frame as it is shown, pixels"""
        ...

    @property
    def turn(self) -> tuple:
        """How its pictures are rotated, see `turn_of`"""
        ...

    def _decode_webp(self):
        """Frames of a WebP"""
        ...

    @property
    def times(self) -> np.ndarray:
        """When each frame is shown, after the first; from the packets, without decoding, where they tell"""
        ...

def _seconds(text):
    """`00:01:02.5`; 0 if it is something else"""
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
        """Does a frame lie behind an error?"""
        ...

def webp_times(path) -> list:
    """Times from the chunks of a WebP"""
    ...
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
import zlib
most_pixels = 2 ** 28
_marker = re.compile(b'\\xff[^\\x00\\xff\\xd0-\\xd7]')

def jpeg_flaw(data: bytes) -> str:
    """Walk the segments of a JPEG to its end"""
    ...

def png_flaw(data: bytes) -> str:
    """Walk the chunks of a PNG to its end"""
    ...

def tiff_flaw(data: bytes) -> str:
    """Walk the directories of a TIFF: smaller copies of a picture, and its mask, are no pictures"""
    ...
_log = getattr(cv2.utils, 'logging', cv2)

@contextmanager
def quiet():
    """Without OpenCV's remarks: a sentence of ours says what they do"""
    ...
_flaws = {b'\xff\xd8': jpeg_flaw, b'\x89PNG\r\n\x1a\n': png_flaw, b'II*\x00': tiff_flaw, b'MM\x00*': tiff_flaw}

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
