# Made by `make prep`: edit the notebook, not this file.
"""One frame, and a whole clip, under sliders"""
from typing import Any
__all__ = ['OneFrame', 'WholeClip']
import time
import ipywidgets as W
import numpy as np
from fastcore.basics import patch
from .controls import Controls, Setting, clip_menu, play_bar, run_bar
from .maps import Maps, load_clip, look, retrack
from .painted import overlap_colours, overlap_table, plot_overlaps, show_look, why
from .widgets import column, guarded, knob, legend, row, told
from ..drawing import as_bytes, draw_boxes
from ..otb import iou

class OneFrame(Setting):
    """One update of the tracker under sliders"""
    i: Any
    gap: Any
    why: Any
    clip: Any
    controls: Any
    frame: Any
    sizes: Any
    choice: Any
    video: Any
    maps: Any
    look: Any

    def __init__(self, clip='juice_box', **setting):
        ...

    @told
    def load(self, _=None):
        """Load another clip"""
        ...

    @told
    def paint(self, _=None):
        """Paint pictures and numbers of the present setting"""
        ...

class WholeClip(Setting):
    """A clip tracked with the default and with a setting, again whenever a slider is released"""
    plot: Any
    also: Any
    clip: Any
    controls: Any
    go: Any
    cancel: Any
    progress: Any
    status: Any
    play: Any
    at: Any
    picture: Any
    numbers: Any
    video: Any
    maps: Any
    base: Any
    boxes: Any
    started: Any
    asked: Any

    def __init__(self, clip='juice_box', **setting):
        ...

    def overlaps(self) -> dict:
        """Measure overlaps with the truth so far"""
        ...

    @told
    def load(self, _=None):
        """Load another clip"""
        ...

    @guarded
    def show(self, _=None):
        """Show the frame at the play bar, the lines and the numbers"""
        ...

    @told
    def track(self, _=None):
        """Track the clip in the background"""
        ...

    @guarded
    def _run(self, cfg, stop):
        """Track with the default and with the setting, frame by frame"""
        ...

    def _at(self, i):
        """Move the play bar to a frame that was tracked, and show it"""
        ...

    def _done(self, seconds, asked, embedded):
        """Say how far it came, and what was reused"""
        ...
