# Made by `make prep`: edit the notebook, not this file.
"""Generated videos whose boxes are exact (§2.3)"""
from typing import Any
__all__ = ['photos', 'noise_texture', 'texture', 'outline', 'Part', 'mk_part', 'mk_object', 'compose', 'pose', 'exact_box', 'draw', 'streak', 'smooth_path', 'poses', 'scene', 'Thing', 'Rendered', 'World', 'ToyWorld', 'toy_video']
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
import cv2
import numpy as np
from fastcore.basics import patch
from .data.images import read_image
from .videos import Video

@lru_cache
def photos() -> tuple:
    """Load the photographs that scikit-image, scikit-learn and matplotlib ship, `(H,W,3)` `uint8` RGB"""
    ...

def noise_texture(rng, h: int, w: int) -> np.ndarray:
    """Draw coloured noise with structure at several sizes, or stripes and checks"""
    ...

def texture(rng, h: int, w: int) -> np.ndarray:
    """Take a piece of a photograph, rotated, scaled and recoloured, or noise"""
    ...

def outline(rng) -> np.ndarray:
    """Draw a random closed shape: rectangle, polygon, ellipse or blob"""
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
    """Make a part with a random outline and texture"""
    ...

def mk_object(rng) -> list:
    """Make an object of one to four parts"""
    ...

def compose(A, B):
    """Compose two affine maps: $A\\circ B$"""
    ...

def pose(part: Part, M, t: float=0.0):
    """Find where a part is at time `t`"""
    ...

def exact_box(parts, M, t: float=0.0) -> np.ndarray:
    """Compute the box of an object from its outlines"""
    ...

def draw(canvas, parts, M, t: float=0.0, light=1.0, blur=(0, 0)):
    """Draw an object over a canvas"""
    ...

def streak(n: int, th: float):
    """Make the kernel of straight motion blur"""
    ...

def smooth_path(rng, n: int, d: int=1, tau: float=12):
    """Draw a smooth random path"""
    ...

def poses(rng, n: int, c, r, move, grow, turn) -> np.ndarray:
    """Plan where something is at each time: it moves, grows and rotates smoothly"""
    ...

def scene(rng, size) -> np.ndarray:
    """Draw a background"""
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
        """Look through the camera: carry a map to the world on to the frame"""
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
        """Tell how much of each tracked object can be seen"""
        ...

    def mk_tracks(self) -> dict:
        """Compute the exact boxes of the tracked objects"""
        ...

    def render(self, i: int) -> np.ndarray:
        """Draw a frame"""
        ...

def toy_video(seed: int, **kwargs) -> Video:
    """Make a generated video with exact boxes"""
    ...
