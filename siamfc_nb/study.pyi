# Made by `make prep`: edit the notebook, not this file.
"""One change at a time, equally long, with several seeds, on sequences that can tell (Table 3)"""
from typing import Any
__all__ = ['measured', 'table3', 'Study', 'Plan', 'mix_of', 'plan', 'offered', 'learn', 'judged', 'mean_over', 'worth', 'table_of', 'run_study', 'numbers_of', 'show_table3', 'ablate_recipe', 'ablate_data']
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Annotated
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import typer
from fastcore.basics import patch
from .arguments import Cpu, Out, Publish, Timeout
from .drawing import palette
from .errors import at_least
from .files import need_folder, record, whole
from .jobs import run_benchmark
from .otb import bootstrap
from .pairs import Augment
from .report import result_path, write_result
from .runs import run_training, training_sets
from .scores import score
from .suite import paired, suite
from .settings import TrainConfig, recipe_of, settings_of, shares_of, value_of

@dataclass
class Study:
    """A base recipe, what it learns from, and what judges it"""
    crops: list
    roots: list
    work: Path
    still: list = ()
    mined: Path = None
    recipe: str = 'ours'
    run: dict = field(default_factory=dict)
    drawn: dict = field(default_factory=dict)
    shares: dict = field(default_factory=dict)
    n: int = 100000
    batch: int = 16
    seeds: int = 2
    val: float = 0.2
    n_val: int = 256
    tracker: str = 'siamfc-3s'
    frames: int = None
    jobs: int = 1
    workers: int = 1
    timeout: float = 1800
    device: str = None

    @property
    def names(self) -> list:
        """Names in the mix"""
        ...

    @property
    def about(self) -> dict:
        """What makes it this study, for its record"""
        ...

@dataclass
class Plan:
    """One training, but for its seed"""
    run: dict
    drawn: dict
    shares: dict
    steps: int
    videos: int = None

def mix_of(text, names) -> dict:
    """Shares for `without FOLDER` and `FOLDER alone`"""
    ...

def _parts_of(study, change):
    """A change in its parts"""
    ...
_own: Any

def plan(study, change='') -> Plan:
    """What a change makes of the base"""
    ...
_offered: Any

def offered(study) -> list:
    """Changes that say something about a recipe"""
    ...

def _effective(p):
    ...

def learn(study, p, seed: int, to):
    """Train, go on with a training, or find it done"""
    ...
measured = ('auc', 'precision')

def judged(study, weights, to):
    """Track the suite"""
    ...

def mean_over(runs, k) -> dict:
    """The figure of each sequence"""
    ...

def worth(runs, base, sets) -> dict:
    """What a change is worth"""
    ...

def table_of(changes) -> dict:
    """A study as a table"""
    ...

def _row(study, p, trained, judged_, base):
    ...

def _plans(study, changes):
    """Name of a change = its plan, `base` first; errors before anything is trained"""
    ...

def _folder(change):
    ...

def _kept(out, study):
    ...

def run_study(study, changes, out) -> dict:
    """Train and judge the base and every change of it"""
    ...
table3 = pd.DataFrame(dict(percent=[2, 4, 8, 16, 32, 100], videos=[88, 177, 353, 707, 1413, 4417], objects=['60k', '110k', '190k', '330k', '650k', '2m'], accuracy=[0.484, 0.501, 0.484, 0.522, 0.521, 0.524], failures=[183, 160, 142, 132, 117, 87], eao=[0.168, 0.192, 0.193, 0.219, 0.234, 0.274])).set_index('percent')

def numbers_of(text: str, total: int) -> list:
    """Numbers of videos"""
    ...

def show_table3(result):
    """Ours beside the paper's curve"""
    ...
_crops: Any
_roots: Any
_stills: Any
_mined: Any
_recipe: Any
_set: Any
_share: Any
_pairs: Any
_batch: Any
_seeds: Any
_val: Any
_n_val: Any
_frames: Any
_tracker: Any
_jobs: Any
_workers: Any
_work: Any

def _mk_study(o) -> Study:
    """The study that a command line asks for"""
    ...
_to_try: Any

def ablate_recipe(crops: _crops, roots: _roots=None, still: _stills=None, mined: _mined=None, change: Annotated[list[str], typer.Option(help=_to_try)]=None, recipe: _recipe='ours', changes: _set=None, shares: _share=None, n: _pairs=100000, batch: _batch=16, seeds: _seeds=2, val: _val=0.2, n_val: _n_val=256, frames: _frames=None, tracker: _tracker='siamfc-3s', jobs: _jobs=1, workers: _workers=1, work: _work=Path('runs/study/recipes'), out: Out=None, publish: Publish=False, timeout: Timeout=1800, device: Cpu=None):
    """What changes of a recipe are worth on the validation suite. Killed, it goes on; another --change adds to it."""
    ...
_parts: Any

def ablate_data(crops: _crops, roots: _roots=None, still: _stills=None, mined: _mined=None, videos: Annotated[str, typer.Option(help=_parts)]='30,100,300,1000,3000,10000', recipe: _recipe='ours', changes: _set=None, shares: _share=None, n: _pairs=100000, batch: _batch=16, seeds: _seeds=2, val: _val=0.2, n_val: _n_val=256, frames: _frames=None, tracker: _tracker='siamfc-3s', jobs: _jobs=1, workers: _workers=1, work: _work=Path('runs/study/data'), out: Out=None, publish: Publish=False, timeout: Timeout=1800, device: Cpu=None):
    """Table 3: equally long trainings on a few videos, on more, on all, judged on the suite. Killed, it goes on."""
    ...
