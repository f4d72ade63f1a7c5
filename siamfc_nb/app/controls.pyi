# Made by `make prep`: edit the notebook, not this file.
"""A slider for each setting, and what panels have around it"""
from typing import Any
__all__ = ['knobs', 'hints', 'as_code', 'check_setting', 'Controls', 'menu', 'clip_menu', 'Setting', 'run_bar', 'play_bar', 'box_line']
from dataclasses import asdict, replace
import ipywidgets as W
from fastcore.basics import patch
from .widgets import Give, Panel, button, knob, told
from ..data.readers import clips
from ..track.configs import TrackConfig, configs, get_config

def as_code(cfg: TrackConfig) -> str:
    """Write the Python that makes a tracker with this setting"""
    ...
knobs = {'penalty': ('scale penalty', 0.8, 1.0, 0.0005), 'window': ('window influence', 0.0, 1.0, 0.002), 'step': ('scale step', 1.005, 1.1, 0.0005), 'scales': ('number of scales', (1, 3, 5, 7)), 'damping': ('damping', 0.0, 1.0, 0.01), 'up': ('up-sampling', (1, 2, 4, 8, 16))}
hints = {'penalty': 'Factor on the peak of every scale but the present one; 1: no penalty', 'window': 'Weight of the cosine window, which prefers small moves; 0: no window', 'step': 'Factor between neighbouring scales', 'scales': 'Search images per frame, one per scale', 'damping': 'Part of a change of scale that is carried out; 1: all of it', 'up': 'Cells of the finer score map per cell; 1: displacements in whole cells'}

def check_setting(**values) -> dict:
    """Check that the sliders can show these values; a `ValueError` says why not"""
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
        """Move the sliders to another configuration; one that searches a single scale has no choice of their number"""
        ...

def menu(description, options, value=None):
    """Make a list to choose from, as wide as the sliders"""
    ...

def clip_menu(value):
    ...

class Setting(Panel):
    """A panel with `controls`"""

    @told
    def put(self, **setting):
        """Move sliders by code"""
        ...

def run_bar(panel):
    """Make what begins and ends work in the background"""
    ...

def play_bar(show):
    """Make what plays the frames"""
    ...

def box_line(changed):
    """Make a line to type a box in"""
    ...
