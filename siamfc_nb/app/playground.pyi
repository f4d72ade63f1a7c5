# Made by `make prep`: edit the notebook, not this file.
"""Settings in, pictures and numbers out, and panels around them"""
from typing import Any
__all__ = ['knobs', 'hints', 'topics', 'load_clip', 'Lookup', 'Maps', 'advance', 'retrack', 'Look', 'look', 'sheet', 'paint_sizes', 'cross', 'paint_choice', 'show_look', 'still', 'why', 'as_code', 'plot_overlaps', 'check_setting', 'Controls', 'OneFrame', 'WholeClip', 'open_upload', 'YourOwn', 'figure_png', 'Inside', 'Playground', 'playground', 'kernels_of_pages', 'serve']
import asyncio
import base64
import html
import json
import os
import shutil
import socket
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
import cv2
import ipywidgets as W
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import torch
from fastcore.basics import patch
from PIL import Image, ImageDraw, ImageFont
from siamfc_nb.app.widgets import BoxCanvas, Give, Panel, Upload, button, check_drawn, column, fresh, guarded, knob, legend, row, told, widget_tree
from ..crops import crop
from ..curation import Crops, curate
from ..drawing import as_bytes, draw_boxes, palette, ramp, rgb
from ..feeds import Source
from ..figures import show_context, show_field, show_fig2, show_losses, show_lr, show_violation
from ..live import track_to_files
from ..otb import auc, iou
from ..pretrained import pretrained_net
from ..readers import clips
from ..tracking import Targets, TrackConfig, Tracker, blended, configs, get_config, penalised
from ..videos import Video, VideoFile, photos, toy_video

def load_clip(name: str) -> Video:
    """A clip that ships with the package, in memory"""
    ...

def _net():
    ...

class Lookup(Tracker):
    """A tracker of one target that computes no score map twice"""
    kind: Any
    maps: Any
    i: Any
    sides: Any

    def __init__(self, maps, cfg: TrackConfig):
        ...

    def exemplars(self, frames, owner, at):
        ...

    def correlate(self, at, z, frames, owner, sides):
        ...

class Maps:
    """Score maps of one target in a video; no crop is embedded twice"""
    asked: Any
    embedded: Any
    at: Any
    frames: Any
    box: Any
    net: Any
    most: Any
    kept: Any
    exemplars: Any
    trackers: Any
    phi: Any

    def __init__(self, frames, box, net=None, most: int=50000):
        ...

    def tracker(self, cfg: TrackConfig=None) -> Lookup:
        """A tracker that has seen the first frame; the last 16 settings share theirs"""
        ...

    def __call__(self, i: int, c, sides, t=None) -> torch.Tensor:
        """Score maps of the crops around `c`"""
        ...

    def _map(self, i, c, s, t):
        """The map of one crop, embedded only if it was never asked for"""
        ...

def advance(maps: Maps, at: Targets, i: int, cfg: TrackConfig):
    """One step of the tracker, with the first frame's exemplar"""
    ...

def retrack(maps: Maps, cfg: TrackConfig):
    """Track a clip with a setting, one frame at a time"""
    ...

def _seen(maps, truth, i, cfg, gap):
    """The target at the truth of `gap` frames before frame i, which is as old as in a video"""
    ...

def _blend(t, v, s):
    """Peaks of all up-sampled maps; of map `s` the scores, from zero and summing to one, and their blend with the window"""
    ...

def _earlier(maps: Maps, truth, i: int, cfg: TrackConfig, gap: int) -> list:
    """The frames before whose peaks count, too; a `ValueError` if the target is not there to be seen"""
    ...

@dataclass
class Look:
    """One update with everything on the way"""
    i: int
    cfg: TrackConfig
    frame: np.ndarray
    crops: list
    sides: np.ndarray
    factors: np.ndarray
    v: np.ndarray
    peaks: np.ndarray
    fined: np.ndarray
    s: int
    scores: np.ndarray
    window: np.ndarray
    blend: np.ndarray
    peak: tuple
    d: np.ndarray
    shift: np.ndarray
    zoom: float
    box: np.ndarray
    old: np.ndarray
    truth: np.ndarray

    @property
    def overlap(self) -> float:
        ...

def look(maps: Maps, truth, i: int, cfg: TrackConfig, gap: int=1) -> Look:
    """One update from the truth of `gap` frames ago, taken apart"""
    ...

@lru_cache
def _font():
    ...

def sheet(tiles, captions, names=None, mark=None, gap: int=8) -> np.ndarray:
    """Tiles with captions as one picture"""
    ...

def paint_sizes(o: Look, width: int=820) -> np.ndarray:
    """Crops of all scales, their score maps, and the maps after the penalty; a frame around the scale that won"""
    ...

def cross(im, x, y, size: int=9):
    """A cross in the colour of a prediction, with a white rim"""
    ...

def paint_choice(o: Look, side: int=190) -> np.ndarray:
    """Scores of the winner, window, their blend with the chosen peak, and where it points"""
    ...

def show_look(o: Look) -> dict:
    """The three pictures of a `Look`"""
    ...

def still(im, alt: str, quality=50) -> str:
    """A picture as HTML"""
    ...

def _sizes(o):
    ...

def why(o: Look) -> str:
    """Why this place and this scale won, in numbers"""
    ...

def as_code(cfg: TrackConfig) -> str:
    """Python that makes a tracker with this setting"""
    ...
_chart = '<svg viewBox="0 0 {} {}" role="img" aria-label="Overlap with the truth over time: {}" style="{}">{}</svg>'
_curve = '<polyline fill="none" stroke="{}" stroke-width="2" stroke-linejoin="round"{} points="{}"><title>{}</title></polyline>'

def plot_overlaps(series: dict, n: int, at: int=None) -> str:
    """Overlap with the truth over time; the first is dashed, on top of the others"""
    ...
knobs = {'penalty': ('scale penalty', 0.8, 1.0, 0.0005), 'window': ('window influence', 0.0, 1.0, 0.002), 'step': ('scale step', 1.005, 1.1, 0.0005), 'scales': ('number of scales', (1, 3, 5, 7)), 'damping': ('damping', 0.0, 1.0, 0.01), 'up': ('up-sampling', (1, 2, 4, 8, 16))}
hints = {'penalty': 'Factor on the peak of every scale but the present one; 1: no penalty', 'window': 'Weight of the cosine window, which prefers small moves; 0: no window', 'step': 'Factor between neighbouring scales', 'scales': 'Search images per frame, one per scale', 'damping': 'Part of a change of scale that is carried out; 1: all of it', 'up': 'Cells of the finer score map per cell; 1: displacements in whole cells'}

def check_setting(**values) -> dict:
    """Values that the sliders can show, or a `ValueError` that says why not"""
    ...

class Controls(W.VBox):
    """A slider for each setting of `knobs`"""
    reset: Any
    copy: Any
    base: Any
    changed: Any
    quiet: Any
    sliders: Any

    def __init__(self, changed, live=True, base='siamfc-3s'):
        ...

    @property
    def cfg(self) -> TrackConfig:
        ...

    def _moved(self, _=None):
        ...

    def put(self, **values):
        """Move sliders, as one change"""
        ...

    def start(self, base):
        """Sliders as another configuration has them; one that searches a single scale has no choice of their number"""
        ...

def _menu(description, options, value=None):
    """A list to choose from, as wide as the sliders"""
    ...

def _clip_menu(value):
    ...

class _Setting(Panel):
    """A panel with `controls`"""

    @told
    def put(self, **setting):
        """Move sliders by code"""
        ...

class OneFrame(_Setting):
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
        """Another clip"""
        ...

    @told
    def paint(self, _=None):
        """Pictures and numbers of the present setting"""
        ...

def _run_bar(panel):
    """What begins and ends work in the background"""
    ...

def _play_bar(show):
    """What plays the frames"""
    ...

def _box_line(changed):
    """A line to type a box in"""
    ...
_lines = {'default': '#888', 'setting': palette['prediction']}

def _overlap_table(r: dict, i: int) -> str:
    """AUC over the frames that all have, and the overlap in one of them"""
    ...

class WholeClip(_Setting):
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
        """Overlaps with the truth so far"""
        ...

    @told
    def load(self, _=None):
        """Another clip"""
        ...

    @guarded
    def show(self, _=None):
        """The frame at the play bar, the lines and the numbers"""
        ...

    @told
    def track(self, _=None):
        """Track the clip in the background"""
        ...

    @guarded
    def _run(self, cfg, stop):
        """The default and the setting, frame by frame"""
        ...

    def _at(self, i):
        """Move the play bar to a frame that was tracked, and show it"""
        ...

    def _done(self, seconds, asked, embedded):
        """Say how far it came, and what was reused"""
        ...

def open_upload(path) -> VideoFile:
    """A video file that can be tracked, or a `ValueError` that says why not"""
    ...

class YourOwn(_Setting):
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
        """One of the clips, or a file that was uploaded before"""
        ...

    def _start(self, name, frames, fps):
        """Show the first frame, and wait for a box"""
        ...

    def _no_result(self, display):
        """Show the result or not; there is nothing to save yet"""
        ...

    @told
    def drawn(self, box):
        """A box from the mouse"""
        ...

    @told
    def entered(self, _=None):
        """A box from the keyboard"""
        ...

    def shut(self):
        """Stop, close, and remove the files"""
        ...

    @told
    def configure(self, _=None):
        """Sliders where the chosen configuration has them"""
        ...

    @told
    def take(self, path):
        """An uploaded file"""
        ...

    def _open(self, path):
        ...

    @told
    def track(self, _=None):
        """Track in the background"""
        ...

    @guarded
    def show(self, _=None):
        """The frame at the play bar"""
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

def figure_png(show, dpi=85, **kwargs) -> bytes:
    """What a `show_` function draws, as a picture; no figure is left behind"""
    ...

def _tracks():
    ...

def _field(i, j):
    ...

def _context(clip, context, dx, dy):
    ...

def _fig2(**kw):
    ...
topics = {'Equivariance': ('A layer without padding moves with its input: nothing in the last picture (lesson 1).', show_violation, dict(dy=(3, -12, 12, 1), dx=(-5, -12, 12, 1), kernel=(5, 1, 11, 2), padding=(0, 0, 6, 1))), 'Padding': ('Padding spoils the border, whatever it is filled with (lesson 1).', show_violation, dict(padding=(2, 0, 6, 1), kernel=(5, 1, 11, 2), mode=('zeros', ('zeros', 'reflect', 'replicate', 'circular')))), 'Receptive field': ('What one cell of the feature map sees (lesson 2).', _field, dict(i=(6, 0, 21, 1), j=(9, 0, 21, 1))), 'R and k': ('Which cells count as the target, and what "all background" would cost, plainly and balanced (lesson 4).', show_losses, dict(R=(16, 0, 64, 4), k=(8, (4, 8, 16)))), 'Context margin': ('How much around the box the exemplar shows (lesson 5).', _context, dict(clip=('juice_box', ('juice_box', 'bunny_head')), context=(0.5, 0.0, 1.5, 0.1), dx=(0, -300, 300, 10), dy=(0, -300, 300, 10))), 'Augmentation': ('Training pairs, disturbed a little or too much (lesson 8).', _fig2, dict(seed=(0, 0, 50, 1), T=(100, 1, 100, 1), shift=(4, 0, 24, 1), stretch=(0.05, 0.0, 0.12, 0.01), turn=(0.0, 0.0, 0.5, 0.05), grey=(0.25, 0.0, 1.0, 0.25), worse=(0.0, 0.0, 1.0, 0.25))), 'Learning rate': ('From the first rate to the last, in powers of ten (lesson 9).', show_lr, dict(lr0=(-2.0, -4.0, 0.0, 0.5), lr1=(-5.0, -6.0, -1.0, 0.5), epochs=(50, 1, 50, 1)))}

class Inside(Panel):
    """The pictures of the lessons, each with its sliders"""
    topic: Any
    box: Any
    sentence: Any
    picture: Any
    sliders: Any

    def __init__(self, topic='Equivariance'):
        ...

    @told
    def load(self, _=None):
        """Another picture"""
        ...

    @told
    def paint(self, _=None):
        """The picture for the sliders' values"""
        ...
_welcome = '<h2>SiamFC playground</h2><p>Choose a tab, move a setting, and see what the tracker makes of it. Hold the mouse over a slider to read what it does.'

class Playground(Panel):
    """One frame, a whole clip, your own video, and the lessons' pictures, in tabs"""
    tabs: Any
    carry: Any
    parts: Any
    frame: Any
    clip: Any
    own: Any
    inside: Any

    def __init__(self):
        ...

    @told
    def take(self, _=None):
        """Carry the setting of one frame over to the whole clip"""
        ...

def playground() -> Playground:
    """The playground; a cell that runs again closes the one that it had opened"""
    ...
_awesome = 'https://cdn.jsdelivr.net/npm/@fortawesome/fontawesome-free@^5/css'
_index = "{%- extends 'voila/templates/lab/index.html.j2' -%}\n{%- block notebook_css -%}\n{{ super() | replace('AWESOME/all.min.css', 'data:text/css,') | replace('AWESOME/v4-shims.min.css', 'data:text/css,') }}\n{%- endblock notebook_css -%}".replace('AWESOME', _awesome)

def _template(d):
    """Voilà's template, without what it would load from the web"""
    ...

def kernels_of_pages(patience=2.0, start=60):
    """Kernels that end with their page"""
    ...
_app = 'import logging, sys\nfrom siamfc_nb.app.playground import playground\nlogging.basicConfig(stream=sys.__stderr__) # the terminal of `siamfc play`\nplayground()'

def _notebook(path):
    """A notebook of one cell, which opens the playground"""
    ...

def _free_port(ip, port):
    """The port, or one that is free if it is 0"""
    ...

def serve(port: int=8866, browser=True, ip='127.0.0.1'):
    """The playground as an app, until Ctrl-C"""
    ...
