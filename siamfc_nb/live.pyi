# Made by `make prep`: edit the notebook, not this file.
"""`siamfc track`: objects in video files, folders, cameras and streams; every row is on disk at once"""
from typing import Any
__all__ = ['steps', 'Feed', 'Source', 'read_still', 'Stills', 'is_picture', 'Latest', 'from_camera', 'hide', 'is_live', 'stream_frames', 'from_stream', 'open_source', 'Found', 'annotate', 'table_columns', 'table_row', 'table_text', 'Recorder', 'follow', 'stoppable', 'need_window', 'choose_box', 'shown', 'track_to_files', 'parse_box', 'track_config', 'config_name', 'finish', 'drawn_boxes', 'track_command', 'show_live']
import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from itertools import chain, cycle, islice
from pathlib import Path
from time import perf_counter
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit
import av
import cv2
import numpy as np
import typer
from fastcore.basics import patch
from .again import Again
from .arguments import Device, Precision, Runtime, Weights, opt
from .crops import check_box, check_frame, to_rgb
from .drawing import as_bytes, draw_boxes, ten, to_width
from .files import need_folder, whole
from .multi import MultiTracker
from .readers import image_folder
from .recordings import Unreadable, frame_of, packets_of, rotation_of, source_kind, video_stream
from .report import provenance
from .tracking import TrackConfig, Tracker, ablations, configs, get_config, usual
from .videos import ImageFiles, VideoFile, VideoWriter, quiet, read_image

class Feed:
    """Frames one after the other, with the time of the last one"""
    pairs: Any
    time: Any
    dropped: Any

    def __init__(self, pairs):
        ...

    def __iter__(self):
        ...

@dataclass
class Source:
    """Frames to track in, from wherever they come"""
    name: str
    what: str
    frames: Iterable
    fps: float = 25.0
    n: int = None
    first: int = 0
    stop: int = None
    feed: Feed = None
    aspect: Fraction = Fraction(1)
    about: dict = field(default_factory=dict)

    def __post_init__(self):
        ...

    def seconds(self, i: int) -> float:
        """When a frame was taken"""
        ...

def read_still(path, bits=None) -> np.ndarray:
    """A frame from an image file of any depth, see `to_rgb`"""
    ...

class Stills(ImageFiles):
    """Image files of any depth as a sequence of RGB frames"""
    bits: Any

    def __init__(self, paths, bits=None):
        ...

    def __getitem__(self, i):
        ...

def is_picture(path) -> bool:
    """Whether a file holds one picture, and not moving ones"""
    ...

class Latest(Feed):
    """The newest frame of what is live, whenever it is asked for; those before it are dropped"""
    newest: Any
    over: Any
    error: Any
    news: Any
    time: Any
    dropped: Any

    def __iter__(self):
        ...

    def _read(self):
        ...

def from_camera(number: int, late=False) -> Source:
    """The frames of a camera; that it stops is an error"""
    ...

def hide(text: str) -> str:
    """A text without the passwords and queries of its addresses"""
    ...

def is_live(f, scheme) -> bool:
    """Whether an address gives frames as they are taken, and not a file"""
    ...

def _packet(packets, bad, patience, stalled):
    """Wait for a packet, but not for ever"""
    ...

def _decoded(p, bad):
    """A packet that cannot be decoded has no frames"""
    ...

def _upright(fr, s, what, about):
    """A frame as it is shown"""
    ...

def stream_frames(f, s, what, patience, live=False, about=None):
    """The frames of a stream as they are shown; that it stalls or breaks off is an error"""
    ...

def from_stream(url: str, timeout=(10, 10), late=False) -> Source:
    """The frames of a stream, decoded as they come"""
    ...

def _from_path(kind, at, stills, bits):
    """Frames of a folder of images, of one image, or of a video file"""
    ...

def open_source(source, timeout=(10, 10), start=0, stop=None, bits=None, late=False) -> Source:
    """Frames from wherever they come"""
    ...

class Found(NamedTuple):
    """Where an object is"""
    box: np.ndarray
    score: float
    confidence: float = None
    lost: bool = None

def annotate(i: int, frame, found: dict) -> np.ndarray:
    """A frame with its boxes: several have their names beside them, a lost one a thin line and a question mark"""
    ...

def table_columns(judged=False) -> list:
    """Columns of the table of boxes"""
    ...

def table_row(i: int, time, name: str, o: Found, judged=False) -> list:
    """A row of the table of boxes"""
    ...

def table_text(rows) -> str:
    """Rows as lines of CSV"""
    ...

class Recorder:
    """Boxes as files: NAME.csv, NAME.mp4, for several objects NAME.mot.txt, and in the end NAME.json"""
    video: Any
    out: Any
    name: Any
    several: Any
    judged: Any
    about: Any
    n: Any
    dropped: Any
    tracking: Any
    seconds: Any
    stopped: Any
    files: Any
    rate: Any
    size: Any
    began: Any
    start: Any

    def __init__(self, out, name: str, fps=25.0, several=False, judged=False, about=None, aspect=Fraction(1)):
        ...

    def path(self, kind):
        ...

    @property
    def fps(self) -> float:
        """Frames per second of tracking alone"""
        ...

    def __repr__(self):
        """How much was stored, how fast, and where"""
        ...

    def _open(self):
        """Remove what an earlier run left, and start the files"""
        ...

    def _write(self, kind, rows):
        """Rows in one piece"""
        ...

    def _mot(self, i, j, o):
        """A row of MOTChallenge"""
        ...

    def add(self, i: int, found: dict, seconds=0.0, drawn=None, time=None):
        """Store a frame"""
        ...

    def tracks(self) -> dict:
        """What the table of boxes holds, object by object"""
        ...

    def close(self, ended=''):
        """Finish the files, and write the JSON"""
        ...
_numbers = dict(frame=int, time=float, score=float, confidence=float, lost=int, x=float, y=float, w=float, h=float)

def _single(tracker, f, boxes, begun):
    """The object in a frame, as a dict"""
    ...

def _several(many, f, boxes, begun):
    """The objects in a frame, as a dict"""
    ...

def follow(tracker, source: Source, boxes: dict):
    """Track objects through a source, a frame at a time"""
    ...

@contextmanager
def stoppable():
    """Let Ctrl-C and a request to terminate wait for the end of a frame; the second one does not wait"""
    ...

def need_window(what: str):
    """A `RuntimeError` if OpenCV cannot open a window here"""
    ...
_no_box = 'no --box x,y,w,h was given, and none can be drawn (`siamfc play` draws one in a browser)'

def choose_box(frame) -> tuple:
    """A rectangle drawn with the mouse"""
    ...

def _keep_source(source: Source, mp4):
    """Refuse to write a video over the one that is read"""
    ...

def shown(name, frame) -> bool:
    """Show a frame in a window"""
    ...

def _record(r: Recorder, tracker, source: Source, boxes, video, show, draw, stop):
    """Track and store, frame by frame"""
    ...

def _about_run(tracker, source: Source, boxes, about) -> dict:
    """What the record says of a run before its first frame"""
    ...

def _close_record(r: Recorder, tracker, source: Source, ended, stop):
    """Finish the files with what is known in the end"""
    ...

def track_to_files(tracker, source: Source, boxes: dict, out, video=True, show=False, draw=annotate, about=None) -> Recorder:
    """Track, and store every frame at once; an error carries what was stored as `kept`"""
    ...

def parse_box(text: str) -> np.ndarray:
    """A box from the command line"""
    ...
steps = {3: configs['siamfc-3s'].step, 5: configs['siamfc'].step, 9: ablations['9 scales']['step']}

def track_config(name='siamfc-3s', scales=None) -> TrackConfig:
    """A configuration with what the command line changes"""
    ...

def config_name(name, cfg: TrackConfig) -> str:
    """What a configuration is called in a record"""
    ...

def finish(r: Recorder, tracker=None):
    """Say what was stored; after Ctrl-C or a request to terminate, with the exit status that shells expect"""
    ...

def drawn_boxes(source: Source):
    """Let you draw the box in the first frame"""
    ...
_source = 'A video file, a folder of images, a camera (0, /dev/video0), or the address of a stream (rtsp://…, http://…).'
_box = 'Target in the first frame: x,y,w,h in pixels; once for each object. Drawn with the mouse if not given.'
_out = 'Folder for NAME.csv, .json, .mp4, and .mot.txt of several objects; those of an earlier run are replaced.'
_config = f"One of {', '.join(configs)}, by torch in 32 bits; siamfc-lite, and {usual} if none is given, as fast as they run here."
_judged = 'Judge each box: how probably it is right, and whether the object is lost.'
_again = 'Search the frame for an object that is lost, and judge each box; of one object.'
_timeout = 'Seconds to wait for the answer of a stream, and for each packet.'
_late = 'Track late frames of a camera or stream, too, instead of dropping them.'

def _kept(t, s, boxes, out, video, show, about):
    """`track_to_files`, which says after an error what was kept"""
    ...

def track_command(source: Annotated[str, typer.Argument(help=_source)], box: Annotated[list[str], opt(_box)]=None, out: Annotated[Path, opt(_out)]=Path('runs/track'), config: Annotated[str, opt(_config)]=None, scales: Annotated[int, opt('Scales per frame: 3, 5 or 9.')]=None, confidence: Annotated[bool, opt(_judged, '--confidence')]=False, again: Annotated[bool, opt(_again, '--again')]=False, device: Device=None, weights: Weights=None, runtime: Runtime='auto', precision: Precision='auto', start: Annotated[int, opt('Number of the first frame, from 0; the boxes belong to it.')]=0, stop: Annotated[int, opt('Number of the frame before which to end.')]=None, timeout: Annotated[tuple[float, float], opt(_timeout)]=(10, 10), bits: Annotated[int, opt('Bits that 16-bit images use.')]=None, video: Annotated[bool, opt('Write NAME.mp4.', '--video/--no-video')]=True, show: Annotated[bool, opt('Show the frames in a window; q or Escape ends.', '--show')]=False, late: Annotated[bool, opt(_late, '--late')]=False):
    """Track objects in a video file, a folder, a camera or a stream; stop it at any time, all rows are on disk."""
    ...

def show_live(tracker, source: Source, boxes=None, width=480) -> int:
    """Track, and show the frames as they come"""
    ...
