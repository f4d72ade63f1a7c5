# Made by `make prep`: edit the notebook, not this file.
"""A wide network teaches a narrow one to give the same score maps, without a label (eq. 2)"""
from typing import Any
__all__ = ['score_gap', 'feature_gap', 'Pupil']
import torch
from fastcore.basics import patch
from torch import nn
from .pretrained import fold_bn, load_weights, named_weights
from .track.runtime import choose
from .xcorr import SiamNet

def score_gap(v, t, crossed=0.5):
    """Measure the squared distance of score maps, relative to the teacher's variance"""
    ...

def feature_gap(f, t, damp=0.001):
    """Measure what no linear map of the pupil's features explains of the teacher's, a share of its power"""
    ...

class Pupil(nn.Module):
    """A network with the loss of distillation, as one module: `train(…, learner=Pupil)`"""
    teacher: Any
    phi8: Any
    net: Any
    match: Any
    crossed: Any

    def __init__(self, net: SiamNet, cfg):
        ...

    def forward(self, z, x):
        """Compare what the pupil answers with what the teacher does"""
        ...
