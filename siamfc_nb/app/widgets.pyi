# Made by `make prep`: edit the notebook, not this file.
"""Sliders, buttons, a canvas and an upload that say what went wrong, and leave nothing behind"""
from typing import Any
__all__ = ['log', 'guarded', 'told', 'Background', 'widget_tree', 'fresh', 'asset', 'Panel', 'row', 'column', 'button', 'legend', 'Choice', 'knob', 'Give', 'BoxCanvas', 'check_drawn', 'own_folder', 'Upload']
import errno
import html
import logging
import shutil
import tempfile
import threading
import weakref
from functools import wraps
from importlib.resources import files
from pathlib import Path
import anywidget
import ipywidgets as W
import numpy as np
import traitlets as T
from fastcore.basics import patch
from ..crops import check_box
from ..drawing import as_bytes, draw_boxes, palette
from ..errors import sentence
log = logging.getLogger(__name__)

def guarded(f):
    """Show what went wrong in the widget's message, see `sentence`"""
    ...

def told(f):
    """Clear the message that was there, then guard as `guarded` does"""
    ...

class Background:
    """Work in the background, one piece at a time"""
    thread: Any
    stop: Any

    def __init__(self):
        ...

    def start(self, f):
        """Cancel what runs, and start `f` as soon as that has ended"""
        ...

    def cancel(self):
        ...

    def wait(self, timeout=None) -> bool:
        """Wait for the end, and tell whether it came"""
        ...

def _widgets_in(v):
    """Find the widgets that a trait holds: itself, its items, the first of each pair"""
    ...

def widget_tree(w, seen=None) -> set:
    """Collect a widget and all that hang on it: children, layouts, styles, links"""
    ...
_shown: Any

def fresh(make, key=''):
    """Make a panel that takes the place of the one that the same cell has made before"""
    ...

def asset(name: str) -> str:
    """Read JavaScript or CSS of a widget"""
    ...

class Panel(W.VBox):
    """A widget with a message, work in the background, and an end"""
    message: Any
    job: Any
    also: Any
    parts: Any

    def __init__(self, children):
        ...

    def say(self, text, wrong=False):
        """Show a message, or none if it is empty"""
        ...

    def shut(self):
        """Stop its work and close all its widgets"""
        ...

def row(*children, **layout):
    """Put widgets beside each other, below each other where the page is narrow"""
    ...

def column(*children, width=None):
    """Put widgets below each other, at their own size: of a fixed width, or of what is left"""
    ...

def button(name, icon):
    """Make a button of one width"""
    ...

def legend(**roles) -> str:
    """Tell which colour is what"""
    ...

class Choice(anywidget.AnyWidget):
    """A slider over a few numbers; what is typed and is none of them goes back to the last one that was"""
    _esm = asset('choice.js')
    value = T.Int().tag(sync=True)
    options = T.List(T.Int()).tag(sync=True)
    description = T.Unicode('').tag(sync=True)
    continuous_update = T.Bool(True).tag(sync=True)

    def _among(self, proposal):
        ...

def knob(value, *r, live=True, **kwargs):
    """Make what moves a value"""
    ...

class Give(anywidget.AnyWidget):
    """A button that copies text, or saves a file"""
    path: Any
    name: Any
    _esm = asset('give.js')
    label = T.Unicode('').tag(sync=True)
    text = T.Unicode('').tag(sync=True)
    name = T.Unicode('').tag(sync=True)

    def __init__(self, **kwargs):
        ...

    def file(self, path):
        """Offer a file, or none if `None`"""
        ...

    def _asked(self, _, content, buffers):
        ...

class BoxCanvas(anywidget.AnyWidget):
    """A picture to draw one box on"""
    image: Any
    box: Any
    width: Any
    _esm = asset('canvas.js')
    image = T.Bytes(b'').tag(sync=True)
    width = T.Int(1).tag(sync=True)
    box = T.List([]).tag(sync=True)
    colour = T.Unicode(palette['truth']).tag(sync=True)

    def __init__(self, drawn=None, **kwargs):
        ...

    def show(self, frame):
        """Show another frame"""
        ...

def check_drawn(box, size, least=4) -> np.ndarray:
    """Cut a box that was drawn to the frame; a `ValueError` says why it cannot be tracked"""
    ...

def own_folder(of) -> Path:
    """Make a folder that goes with an object, at the latest when the process ends"""
    ...

class Upload(anywidget.AnyWidget):
    """A file from the browser's machine, stored in a folder"""
    done: Any
    refused: Any
    folder: Any
    path: Any
    _esm = asset('upload.js')
    limit = T.Int(200000000).tag(sync=True)

    def __init__(self, done, refused, **kwargs):
        ...

    def _write(self, name, at, part):
        """Add a part to the file that comes; returns its size. Each file has a folder: it may have the name of another"""
        ...

    def _stop(self, why):
        """Say why a file is not taken, to its sender, too, who waits; nothing of it stays"""
        ...

    def drop(self, path):
        """Remove a file that was uploaded; one from elsewhere is left alone"""
        ...

    def close(self):
        ...

    def _got(self, _, m, buffers):
        ...
