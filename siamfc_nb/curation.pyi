# Made by `make prep`: edit the notebook, not this file.
"""Cut every annotated frame once, offline, and train from the crops (§2.3, §2.4)"""
from typing import Any
__all__ = ['release_filters', 'stored_crop', 'box_in_crop', 'CurateConfig', 'left_out', 'Skipped', 'cut_out', 'write_shard', 'curate', 'CropTrack', 'Crops', 'statistics', 'stills', 'Collage', 'there_and_back', 'collages']
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
import cv2
import numpy as np
import pandas as pd
from joblib import delayed
from tqdm.auto import tqdm
from .crops import context_side, crop, to_center
from .data.images import decode_image
from .data.lazy import sized_frame
from .data.shards import begin_shards, jpegs_of, names_of, one_thread, open_shards, report, share_out, unread
from .data.shards import write_rows
from .files import one_at_a_time, whole

def stored_crop(frame, box, size: int=303):
    """Cut out the crop of eq. (7) that exemplar and search image are both taken from"""
    ...

def box_in_crop(box, size: int=303):
    """Find the box after the scaling of eq. (7)"""
    ...

@dataclass(frozen=True)
class CurateConfig:
    """What is cut out of a set of videos; crops of two settings are never mixed"""
    size: int = 303
    quality: int = 90
    every: int = 1
    exclude: tuple = ()
    sides: tuple | None = None
    border: float | None = None
release_filters = dict(exclude=('n01674464', 'n01726692', 'n04468005', 'n02062744'), sides=(0.1, 0.75), border=0.05)

def left_out(box, size, cls, cfg: CurateConfig) -> str:
    """Tell why a box is not cut out"""
    ...

class Skipped:
    """What was left out: a count for each reason, and the first messages"""
    counts: Any
    messages: Any
    most: Any

    def __init__(self, most=20):
        ...

    def add(self, reason, n=1, message=None):
        ...

def _crops_of(name, f, i, boxes, classes, cfg, skipped):
    """Make the rows of one frame: `boxes` of the objects that are there, by name"""
    ...

def cut_out(video, cfg: CurateConfig, skipped: Skipped):
    """Cut out all crops of a video, frame by frame (§2.4)"""
    ...

def _rows_of(videos, cfg: CurateConfig, skipped: Skipped):
    """Make all rows of some videos"""
    ...

def write_shard(path, videos, cfg: CurateConfig, note=None):
    """Cut some videos into one Arrow file, written whole or not at all; its report is there before it"""
    ...

def curate(videos, out, cfg: CurateConfig=None, jobs: int=1, backend: str=None, sources=None) -> dict:
    """Cut crops of all visible boxes of all videos into Arrow shards; try again what could not be read"""
    ...

class CropTrack:
    """Stored crops of one object, in the order of the frames"""
    crops: Any
    k: Any
    rows: Any
    frames: Any
    video: Any
    track: Any

    def __init__(self, crops, k: int):
        ...

    @property
    def cls(self) -> str:
        ...

    def __len__(self):
        ...

    def __repr__(self):
        ...

    def __reduce__(self):
        ...

    def __getitem__(self, i):
        ...

class Crops(Sequence):
    """Curated tracks, one `CropTrack` for each object that has enough crops"""
    rows: Any
    names: Any
    folder: Any
    least: Any
    table: Any
    sources: Any
    code: Any
    frame: Any
    jpegs: Any

    def __init__(self, folder, least: int=2):
        ...

    def __len__(self):
        ...

    def __repr__(self):
        ...

    def __getitem__(self, k):
        ...

    def __reduce__(self):
        ...

def statistics(crops: Crops) -> pd.DataFrame:
    """Measure sizes, lengths, motion and change of scale of every track (§2.3)"""
    ...
from functools import partial
from fastcore.basics import patch
from .data.lazy import LazyVideos
from .toyworld import Rendered, compose, poses
from .videos import Video, frame_size

def _still(name, k, videos, n, every, sides):
    ...

def stills(videos, n: int=4, every: int=4, sides=(24, 160)) -> LazyVideos:
    """Place random boxes in the frames of videos"""
    ...

class Collage(Rendered):
    """Objects cut out of videos by their masks, before the frames of another

    `tracks` holds the boxes of their masks, NaN where less than half can be seen;
    `unreadable` the frames whose mask cannot be read, and why.
    """
    objects: Any
    poses: Any
    tracks: Any
    background: Any
    n: Any
    unreadable: Any
    start: Any
    seed: Any
    H: Any
    W: Any

    def __init__(self, objects, background, seed: int=0, n: int=30):
        ...

    def paths(self, rng):
        """Plan where each object is at each time: at home anywhere, 14 to 60 % as large as the frame is high"""
        ...

    def place(self, k: int, i: int):
        """Put an object where it will be drawn"""
        ...

    def mk_tracks(self) -> dict:
        """Box the masks, also where a later object covers them; NaN where less than half can be seen"""
        ...

    def render(self, i: int) -> np.ndarray:
        """Draw a frame"""
        ...

def there_and_back(i: int, n: int) -> int:
    """Number the frames of an endless video"""
    ...

def _collage(name, ks, seed, videos, masks, frames):
    ...

def collages(videos, masks, n: int=300, frames: int=30) -> LazyVideos:
    """Compose scenes of two objects and a background, of three different videos"""
    ...
