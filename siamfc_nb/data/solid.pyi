# Made by `make prep`: edit the notebook, not this file.
"""Textured 3D models turn out of the plane before photographs, with boxes from their masks"""
from typing import Any
__all__ = ['can_draw', 'Solid', 'read_solid', 'cached_solid', 'rotation', 'turns', 'Studio', 'studio', 'contrast', 'solids', 'Body', 'backdrop', 'photographs', 'SolidWorld', 'mask_corners', 'lay', 'solid_video']
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from zipfile import BadZipFile
import cv2
import numpy as np
from fastcore.basics import patch
from fastcore.xdg import xdg_cache_home
from .images import read_image
from .lazy import LazyVideo
from ..files import below, whole
from ..toyworld import World, compose, photos, poses, smooth_path, streak

def _libraries():
    """Import PyVista and trimesh, or say what to install, in a `RuntimeError`"""
    ...
_try_it: Any

def can_draw():
    """Try whether models can be drawn here; a `RuntimeError` if not"""
    ...

@dataclass(frozen=True, eq=False)
class Solid:
    """A textured model within the unit ball"""
    name: str
    vertices: np.ndarray
    faces: np.ndarray
    normals: np.ndarray
    uv: np.ndarray
    image: np.ndarray

def _fit_pictures(scene, most: int=512) -> int:
    """Shrink the pictures of a scene's parts"""
    ...

def read_solid(path) -> Solid:
    """Read a textured model; one without a picture, or that cannot be read, is a `ValueError`"""
    ...

def cached_solid(path, cache=None) -> Solid:
    """Read as `read_solid` does, quicker the second time"""
    ...

def rotation(yaw, pitch, roll) -> np.ndarray:
    """Make a rotation: first about the vertical, last in the plane"""
    ...

def turns(rng, n: int, strength) -> np.ndarray:
    """Choose how something turns over time"""
    ...

class Studio:
    """Draws models, each alone before nothing"""
    plot: Any
    light: Any
    pv: Any
    keep: Any
    actors: Any
    on: Any

    def __init__(self, side: int=192, keep: int=12):
        ...

    def actor(self, solid: Solid):
        """Put a model on the stage, and hide the others"""
        ...

    def view(self, solid: Solid, R, towards=(0.5, 0.8, 1), ambient: float=0.4) -> np.ndarray:
        """Draw a model alone"""
        ...

def studio() -> Studio:
    """Open the studio of this process, once"""
    ...

def contrast(solid: Solid) -> float:
    """Measure how much a model's colours differ in a view, grey levels"""
    ...

def solids(root, cache=None, least: float=20.0, most: int=60000):
    """Find the textured models of a folder"""
    ...

@dataclass
class Body:
    """An object in a solid world"""
    name: str
    solid: Solid
    poses: np.ndarray
    turns: np.ndarray
    light: np.ndarray
    shadow: float

def backdrop(rng, pictures, size) -> np.ndarray:
    """Cut a piece of a photograph, twice as large as a frame, so that the camera can move over it"""
    ...

def photographs(root, least: int=120) -> list:
    """Find pictures that can stand behind models"""
    ...

class SolidWorld(World):
    """3D models before a photograph; `tracks` holds the boxes of their masks, NaN where less than a quarter is seen"""
    tracks: Any
    n: Any
    step: Any
    size: Any
    models: Any
    cache: Any
    drawn: Any
    cam: Any
    shutter: Any
    gain: Any
    background: Any
    sigma: Any
    noise_seed: Any
    towards: Any
    ambient: Any
    order: Any
    bodies: Any

    def __init__(self, seed: int, models, pictures=None, n: int=60, size=(240, 320), objects: int=2, distractors=0.6, occlusion=0.5, turn=1.0, blur=0.3, noise=6.0, light=0.25, camera=1.0, speed=1.0, step: int=1, cache=None):
        ...

    def pick(self, rng, like=None) -> Path:
        """Pick a model, or a relative of one"""
        ...

    def _look(self, rng, pictures, blur, noise, light, camera):
        """Choose how the camera moves, what its sensor does, where light comes from, and what is behind it all"""
        ...

    def _fill(self, rng, objects, distractors, occlusion, turn, speed, light):
        """Add objects, those that look like them, and what passes in front; draw their order, back to front"""
        ...

    def add(self, rng, name, model, c, r, turn, speed, light):
        """Put an object into the world"""
        ...

    def cast(self, canvas, o: Body, s, A):
        """Cast a shadow: the mask laid flat from its lowest row, away from the light"""
        ...

    def sprite(self, o: Body, i: int):
        """Draw a body as it looks at a time"""
        ...

    def render(self, i: int):
        """Draw a frame"""
        ...

    def mk_tracks(self) -> dict:
        """Collect the boxes of all frames"""
        ...

    def _put(self, f, o: Body, i: int):
        """Lay a body and its shadow over a frame"""
        ...

    def drawing(self, i: int):
        """Draw a frame, once"""
        ...

def mask_corners(a):
    """Find what a mask's box is made of, wherever it is moved"""
    ...

def _window(S, A, blur, size):
    """Find where a picture ends up, a pixel around it"""
    ...

def lay(canvas, s, A, light=1.0, blur=(0, 0)):
    """Lay a picture with alpha over a canvas"""
    ...

def solid_video(seed: int, models, **kwargs) -> LazyVideo:
    """Generate a video of 3D models, with boxes from their masks"""
    ...

class _Later(Sequence):
    """A world that is built when it is looked at"""
    args: Any
    world: Any

    def __init__(self, seed, models, kwargs):
        ...

    def get(self):
        ...

    def read(self):
        ...

    def __len__(self):
        ...

    def __getitem__(self, i):
        ...

    def __reduce__(self):
        ...
