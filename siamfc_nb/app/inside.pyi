# Made by `make prep`: edit the notebook, not this file.
"""The pictures of the lessons, each with its sliders"""
from typing import Any
__all__ = ['topics', 'figure_png', 'Inside']
from functools import lru_cache
import cv2
import ipywidgets as W
import matplotlib.pyplot as plt
import torch
from fastcore.basics import patch
from .maps import load_clip, shipped_net
from .widgets import Panel, column, knob, own_folder, row, told, widget_tree
from ..curation import Crops, curate
from ..drawing import as_bytes
from ..figures import show_context, show_field, show_fig2, show_losses, show_lr, show_violation
from ..toyworld import photos, toy_video

def figure_png(show, dpi=85, **kwargs) -> bytes:
    """Make a picture of what a `show_` function draws; no figure is left behind"""
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
        """Show another picture, with its sliders"""
        ...

    @told
    def paint(self, _=None):
        """Paint the picture for the sliders' values"""
        ...
