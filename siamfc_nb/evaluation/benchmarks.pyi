# Made by `make prep`: edit the notebook, not this file.
"""What OTB, GOT-10k and VOT measure, in which files, and what a report shows of it: a class each"""
from typing import Any
__all__ = ['otb_attributes', 'benchmarks', 'measure_names', 'resampled', 'Benchmark', 'OTB', 'GOT10k', 'worst_run', 'read_tag', 'VOT']
import warnings
from pathlib import Path
import numpy as np
from fastcore.basics import patch
from ..data.lazy import read_boxes
from ..drawing import as_bytes
from .formats import read_result, read_vot, same_name, write_boxes, write_vot
from ..figures import plot_ar, plot_eao, plot_precision, plot_ranked, plot_success
from ..files import lines, listing
from ..otb import by_attribute, frame_scores, got10k_overlaps, got10k_scores, overall
from ..otb import present_frames, sequence_scores
from ..vot import START, Run, accuracy, all_tags, ar_scores, eao, eao_curve, failures
from ..vot import stack_tags, supervised, tag_scores, upright

def resampled(f, rows, n=200, seed=0, level=0.95) -> dict:
    """Average measures over sequences, with bootstrap confidence intervals (percentiles)"""
    ...

class Benchmark:
    """One pass from each start, whose boxes are the result; a class for each benchmark says what differs"""
    name = ''
    measures: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    listed = 1
    origin = 0
    note = ''
    behind = True

    def files(self, folder, name: str, run: int=0) -> tuple:
        """Name the files as the official tools expect them"""
        ...

    def times(self, job) -> list:
        """Name the files of the times of a run"""
        ...

    def runs(self, video, starts, protocol, repetitions=1, regions=None) -> list:
        """List the runs through a sequence"""
        ...

    def numbered(self, protocol) -> bool:
        """Tell whether the files have numbers"""
        ...

    def track(self, watch, job):
        """Track, and write the result"""
        ...

    def row(self, jobs, failed=False) -> dict:
        """Measure a sequence"""
        ...

    def overall(self, rows, lengths=None) -> dict:
        """Average the measures over sequences"""
        ...

    def rank(self, row):
        """Make the key that puts the worst sequence first"""
        ...

    def settings(self, lengths, repetitions=1) -> dict:
        """List what belongs to the figures beside the protocol"""
        ...

    def remarks(self, found, lengths=None) -> list:
        """Say why a figure is missing"""
        ...

    def marks(self, root) -> dict:
        """Find files of attributes, where they do not stand with the sequences"""
        ...

    def tags(self, videos, name, root, marks) -> dict:
        """Read what the dataset says about a sequence"""
        ...

    def completed(self, tags, videos, broken) -> dict:
        """Complete the attributes of all sequences, where some follow from others"""
        ...

    def by_tag(self, rows, tags, n) -> dict:
        """Measure each attribute"""
        ...

    def figures(self, scored, lengths=None):
        """Draw the figures of all trackers"""
        ...
_got10k: Any

def _ao(overlaps):
    ...

def _pooled(rows):
    ...
otb_attributes = ('IV', 'OPR', 'SV', 'OCC', 'DEF', 'MB', 'FM', 'IPR', 'OV', 'BC', 'LR')

class OTB(Benchmark):
    """Success and precision; DAVIS, the clips and other sequences without a format of their own are measured by it, too"""
    name = 'otb'
    measures = ('auc', 'precision', 'norm_precision', 'mean_iou', *_got10k)
    told = ('auc', 'precision', 'norm_precision', 'ao')
    origin = 1
    note = ' Mean overlap and AO are different means: the first of the sequences, each with its first frame, the second of all frames together, without those, and of boxes that are cut at the edge of the frame.'

    def files(self, folder, name, run=0):
        ...

    def overall(self, rows, lengths=None):
        ...

    def row(self, jobs, failed=False):
        ...

    def _worst(self, jobs, n):
        ...

    def marks(self, root):
        ...

    def tags(self, videos, name, root, marks):
        ...

    def by_tag(self, rows, tags, n):
        ...

    def figures(self, scored, lengths=None):
        ...

class GOT10k(Benchmark):
    """AO and success rates, over all frames together"""
    name, measures, told = ('got10k', _got10k, _got10k)

    def files(self, folder, name, run=1):
        ...

    def numbered(self, protocol):
        ...

    def row(self, jobs, failed=False):
        ...

    def overall(self, rows, lengths=None):
        ...

    def tags(self, videos, name, root, marks):
        ...

    def by_tag(self, rows, tags, n):
        ...

    def figures(self, scored, lengths=None):
        ...

class _Nowhere:
    """A tracker that is never right"""

    def init(self, frame, box):
        ...

    def update(self, frame):
        ...

def worst_run(truth) -> Run:
    """Make a supervised run that fails right after every start"""
    ...

def read_tag(path, n: int) -> np.ndarray:
    """Read where a frame has an attribute; rows that are missing are 0, as in both toolkits"""
    ...

class VOT(Benchmark):
    """Accuracy, failures and expected average overlap of supervised runs, started again after each failure"""
    name = 'vot'
    measures = told = ('accuracy', 'failures', 'eao')
    listed = 2
    behind = False

    def files(self, folder, name, run=1):
        ...

    def times(self, job):
        ...

    def settings(self, lengths, repetitions=1):
        ...

    def remarks(self, found, lengths=None):
        ...

    def runs(self, video, starts, protocol, repetitions=1, regions=None):
        ...

    def track(self, watch, job):
        ...

    def row(self, jobs, failed=False):
        ...

    def rank(self, row):
        ...

    def overall(self, rows, lengths=None):
        ...

    def tags(self, videos, name, root, marks):
        ...

    def completed(self, tags, videos, broken):
        ...

    def by_tag(self, rows, tags, n):
        ...

    def figures(self, scored, lengths=None):
        ...
benchmarks = {b.name: b for b in (OTB(), GOT10k(), VOT())}
measure_names = dict(auc='AUC', precision='precision at 20 px', norm_precision='normalised precision', mean_iou='mean overlap', ao='AO', sr50='SR.5', sr75='SR.75', accuracy='accuracy', failures='failures', eao='EAO')
