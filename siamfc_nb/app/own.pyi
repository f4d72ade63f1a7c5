# Made by `make prep`: edit the notebook, not this file.
"""A box drawn with the mouse, and a tracker that follows it"""
from typing import Any
__all__ = ['open_upload', 'YourOwn']
import html
import shutil
import time
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
import ipywidgets as W
from fastcore.basics import patch
from .controls import Controls, Setting, box_line, clip_menu, menu, play_bar, run_bar
from .maps import load_clip, shipped_net
from .widgets import BoxCanvas, Give, Panel, Upload, check_drawn, column, guarded, own_folder, row, told
from ..drawing import as_bytes, draw_boxes
from ..track.configs import configs
from ..track.feeds import Source
from ..track.live import track_to_files
from ..tracking import Tracker
from ..videos import VideoFile

def open_upload(path) -> VideoFile:
    """Open a video file that can be tracked; for others, a `ValueError` says why not"""
    ...

class YourOwn(Setting):
    """Track a target in a video of your own, or in a clip, from a box drawn with the mouse"""
    upload: Any
    config: Any
    controls: Any
    picture: Any
    result: Any
    also: Any
    clip: Any
    uploads: Any
    folder: Any
    canvas: Any
    typed: Any
    go: Any
    cancel: Any
    progress: Any
    status: Any
    play: Any
    at: Any
    video: Any
    table: Any
    first: Any
    name: Any
    frames: Any
    fps: Any
    shots: Any
    boxes: Any
    box: Any

    def __init__(self, clip='bunny_head', limit=200000000):
        ...

    @told
    def pick(self, _=None):
        """Choose one of the clips, or a file that was uploaded before"""
        ...

    def _start(self, name, frames, fps):
        """Show the first frame, and wait for a box"""
        ...

    def _no_result(self, display):
        """Show the result or not; there is nothing to save yet"""
        ...

    @told
    def drawn(self, box):
        """Take a box from the mouse"""
        ...

    @told
    def entered(self, _=None):
        """Take a box from the keyboard"""
        ...

    def shut(self):
        """Stop, close, and remove the files"""
        ...

    @told
    def configure(self, _=None):
        """Move the sliders to where the chosen configuration has them"""
        ...

    @told
    def take(self, path):
        """Add an uploaded file to the clips, and choose it"""
        ...

    def _open(self, path):
        ...

    @told
    def track(self, _=None):
        """Track in the background"""
        ...

    @guarded
    def show(self, _=None):
        """Show the frame at the play bar"""
        ...

    def _done(self, out, n, kept):
        """Say how far it came, and offer the files"""
        ...

    @guarded
    def _run(self, name, frames, fps, box, config, stop):
        """Track to files, and show a frame now and then"""
        ...

def _numbers(box):
    ...
