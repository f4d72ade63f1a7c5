# Made by `make prep`: edit the notebook, not this file.
"""Published tracking datasets as sequences of `Video` (§2.3, §4)"""
from typing import Any
__all__ = ['otb_folders', 'otb_targets', 'otb_ranges', 'layouts', 'need_dataset', 'FolderFrames', 'read_boxes', 'LazyVideo', 'sized_frame', 'check_start', 'LazyVideos', 'ilsvrc_vid', 'write_ilsvrc_vid', 'got10k', 'mask_box', 'mask_tracks', 'davis', 'Masks', 'otb_name', 'in_range', 'otb', 'write_otb', 'polygon_box', 'vot', 'image_folder', 'clips', 'inspect_dataset']
import configparser
import json
import os
import re
import shutil
import warnings
from collections.abc import Sequence
from functools import cached_property, partial
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree
import av
import numpy as np
from fastcore.basics import patch
from ..crops import check_box
from .recordings import ffmpeg_name
from ..drawing import as_bytes
from ..errors import count_of
from ..files import folder_name, folders, image_endings, lines, listing, natural, text, whole
from ..videos import ImageFiles, Video, VideoFile

def need_dataset(path, dataset):
    """Check that a path exists, as it must for `dataset` to be there"""
    ...

def _root(root, marker, *inside) -> Path:
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

def _cache_folder(cache, *key):
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

def _some(names) -> str:
    """Say how many, and name the first"""
    ...

def _ilsvrc_xml(path):
    """Read the annotation of a frame"""
    ...

def _ilsvrc_tracks(anns, frames) -> dict:
    """Read the annotation of a video"""
    ...

def _ilsvrc_video(name, data, anns=None, cache=None) -> LazyVideo:
    """Open a video of ILSVRC"""
    ...

def _ilsvrc_where(split) -> dict:
    """Find the videos of a split, whatever parts they lie in"""
    ...

def ilsvrc_vid(root, split='train', cache=None) -> LazyVideos:
    """Open the videos of ImageNet Video, the release of 2015 or 2017"""
    ...

def _element(tag, inside):
    """Make an element, and those in it"""
    ...

def _ilsvrc_text(folder, i, shape, boxes, cls) -> str:
    """Write the annotation of a frame as ILSVRC does"""
    ...

def write_ilsvrc_vid(video: Video, root, cls='toy', part='train/ILSVRC2015_VID_train_0000', quality: int=92) -> Path:
    """Store a video in the layout of ILSVRC2015 VID; boxes are rounded to whole pixels, as they are there"""
    ...

def _upright(b):
    """Make boxes upright: where polygons stand instead, around those"""
    ...

def _marks(path, n) -> np.ndarray:
    """Read what a file of labels says about each frame"""
    ...

def _got10k_tracks(folder, n, test) -> dict:
    """Read the annotation of a video"""
    ...

def _got10k_video(name, folder, test) -> LazyVideo:
    """Open a video of GOT-10k"""
    ...

def _listed(lst, there, truth):
    """Find videos by a list, or all that there are"""
    ...

def _whole_split(root, split) -> bool:
    """Tell whether a folder is the split itself, or holds videos that are in no split, which then are for training"""
    ...

def got10k(root, split='train', cache=None) -> LazyVideos:
    """Open the videos of GOT-10k, or your own in its layout"""
    ...

def mask_box(mask) -> np.ndarray:
    """Find the tight box of a mask"""
    ...

def _mask(path):
    """Read a mask from its file"""
    ...

def mask_tracks(paths, frames, one=False) -> dict:
    """Turn masks into boxes"""
    ...

def _davis_tracks(anns, frames, year, first) -> dict:
    """Read boxes off the masks of a video"""
    ...

def _davis_names(root, ims, split, year) -> list:
    """List the videos of a split; all if there are no lists"""
    ...

def _davis_video(name, ims, anns, year, first, cache=None) -> LazyVideo:
    """Open a video of DAVIS"""
    ...

def _davis_folders(root):
    """Find where things are"""
    ...

def _davis_year(anns) -> int:
    """Tell whether masks number the objects, by the first that shows one"""
    ...

def davis(root, split='trainval', year=None, cache=None) -> LazyVideos:
    """Open the videos of DAVIS with boxes from their masks; in test splits the masks may end after the first frame"""
    ...

class Masks(Sequence):
    """Masks of a video of DAVIS, all its objects together, each read when it is asked for"""
    paths: Any

    def __init__(self, root, name):
        ...

    def __len__(self):
        ...

    def __getitem__(self, i):
        ...
otb_folders = 'Basketball Biker Bird1 Bird2 BlurBody BlurCar1 BlurCar2 BlurCar3 BlurCar4 BlurFace BlurOwl Board Bolt\nBolt2 Box Boy Car1 Car2 Car24 Car4 CarDark CarScale ClifBar Coke Couple Coupon Crossing Crowds Dancer\nDancer2 David David2 David3 Deer Diving Dog Dog1 Doll DragonBaby Dudek FaceOcc1 FaceOcc2 Fish\nFleetFace Football Football1 Freeman1 Freeman3 Freeman4 Girl Girl2 Gym Human2 Human3 Human4 Human5\nHuman6 Human7 Human8 Human9 Ironman Jogging Jump Jumping KiteSurf Lemming Liquor Man Matrix Mhyang\nMotorRolling MountainBike Panda RedTeam Rubik Shaking Singer1 Singer2 Skater Skater2 Skating1\nSkating2 Skiing Soccer Subway Surfer Suv Sylvester Tiger1 Tiger2 Toy Trans Trellis Twinnings Vase\nWalking Walking2 Woman'.split()
_twice: Any
otb_targets = {k: [f'{k}.1', f'{k}.2'] if k in _twice else [k] for k in otb_folders}

def otb_name(name: str) -> str:
    """Find the one name of a sequence of OTB-100"""
    ...

def _otb_parts(name):
    ...
_otb_lower: Any
otb_ranges = dict(David=(300, 770), BlurCar1=(247, 988), BlurCar3=(3, 359), BlurCar4=(18, 397), Tiger1=(6, 354), Football1=(1, 74), Freeman3=(1, 460), Freeman4=(1, 283), Diving=(1, 215))

def in_range(fs, first, last):
    """Take the frames whose names have these numbers"""
    ...

def _otb_video(name, img, truth) -> LazyVideo:
    """Open a sequence of OTB in the range that the benchmark uses"""
    ...

def _otb_sequences(folder) -> dict:
    """Find the sequences in a folder"""
    ...

def otb(root) -> LazyVideos:
    """Open sequences of OTB, named as `otb_name` says; one with two targets is two videos: `Jogging.1`, `Jogging.2`"""
    ...

def write_otb(video: Video, root, quality: int=92) -> Path:
    """Store a video in the layout of OTB, with one track as the target; a row of NaN where it is absent"""
    ...

def polygon_box(poly, how='minmax'):
    """Find an upright box for each polygon"""
    ...

def _vot_video(name, folder, how) -> LazyVideo:
    """Open a sequence of VOT"""
    ...

def vot(root, how='minmax') -> LazyVideos:
    """Open the sequences of a VOT challenge, with boxes for their polygons"""
    ...

def image_folder(path, boxes=None) -> LazyVideo:
    """Open a folder of images as a video"""
    ...

def clips() -> list:
    """Open the annotated clips that ship with the package"""
    ...
layouts = {'ilsvrc-vid': (ilsvrc_vid, ('train', 'val', 'test')), 'davis': (davis, ('trainval',)), 'got10k': (got10k, ('train', 'val', 'test')), 'otb': (otb, ()), 'vot': (vot, ())}

def inspect_dataset(root, layout=None, split=None) -> list:
    """Look into a folder of videos: what it holds, and what is wrong with it"""
    ...

def _about(title, vs) -> list:
    """Sum up a set of videos in lines"""
    ...
