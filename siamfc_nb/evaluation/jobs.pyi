# Made by `make prep`: edit the notebook, not this file.
"""Trackers on sequences, over processes that may be killed"""
from typing import Any
__all__ = ['protocols', 'Job', 'perform', 'take_over', 'Worker', 'run_jobs', 'begin', 'usable', 'run_benchmark']
import json
import os
import re
import reprlib
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
import cv2
import numpy as np
import torch
from fastcore.basics import patch
from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import BrokenProcessPool, ProcessPoolExecutor
from tqdm.auto import tqdm
from ..data.lazy import check_start
from ..data.shards import follow_parent
from .benchmarks import Benchmark, benchmarks
from .formats import read_published, write_boxes
from .trackers import describe, digest_of, known, lookup, mk_tracker
from ..files import claim, half_written, kept, one_at_a_time, whole
from ..otb import ope_starts, sre_starts, tre_starts
from ..track.watch import Clock, NothingToTrack, Watch
from ..videos import Video, frame_size

def _as_folder(name):
    ...

@dataclass
class Job:
    """One run of one tracker through one sequence"""
    kind: str
    tracker: str
    video: Video
    work: Path
    run: int = 0
    start: int = 0
    box: np.ndarray | None = None
    regions: np.ndarray | None = None
    settings: dict = field(default_factory=dict)
    known: object = None
    threads: int = 1
    published: Path | None = None
    part: int = 0

    @property
    def benchmark(self) -> Benchmark:
        ...

    @property
    def folder(self) -> str:
        ...

    @property
    def truth(self) -> np.ndarray:
        ...

    @property
    def files(self) -> tuple:
        """Of the result, in the benchmark's own format"""
        ...

    @property
    def log_file(self) -> Path:
        """Of what is known about the run"""
        ...

    def note(self, **what) -> dict:
        """Write the log"""
        ...

    def log(self) -> dict:
        """Read what is known about the run; empty if it is not done"""
        ...

    def seen(self) -> tuple:
        """Find `(N,4)` truth, NaN where no frame could be read; `(N,2)` sizes; the frame that the tracker started in"""
        ...

def _write_times(path, seconds):
    """Write seconds per frame, in the form of the toolkit that the file's name belongs to"""
    ...

def _prepare(job):
    ...

def perform(job: Job) -> dict:
    """Track, and write the result, the times and the log"""
    ...

def take_over(job: Job) -> dict:
    """Write a published result as if it had been found here"""
    ...

class Worker:
    """A process for jobs, one after the other"""
    timeout: Any
    pool: Any

    def __init__(self, timeout):
        ...

    def __call__(self, job: Job) -> dict:
        """Run a job; what becomes of the process is part of its log"""
        ...

    def stop(self):
        """Kill the process"""
        ...

def run_jobs(jobs, n: int=1, timeout: float=1800):
    """Run jobs over processes"""
    ...

def begin(folder, **setting):
    """Mark a folder for one setting; refuse it if it has another"""
    ...
protocols = dict(ope=ope_starts, tre=tre_starts, sre=sre_starts)

def usable(videos, protocol='ope'):
    """Find the sequences with frames and boxes that trackers start from"""
    ...

def _taken(results, tracker, video, k):
    ...

def _identified(trackers, results, settings):
    ...

def _mark(work, good, **setting):
    ...

def _track_all(jobs, n, timeout, retry, desc):
    ...

def _take_all(todo, results):
    ...

def _plan(kind, videos, trackers, work, protocol, regions, repetitions, results, settings, threads):
    """List the jobs of each tracker, and what is left out; refuse what cannot work, and claim the folders"""
    ...

def run_benchmark(kind: str, videos, trackers, work, protocol='ope', regions=None, repetitions: int=1, jobs: int=1, timeout: float=1800, retry=False, threads: int=1, results=None, **settings):
    """Run trackers on sequences, as far as it was not done before"""
    ...
