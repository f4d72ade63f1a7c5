# Made by `make prep`: edit the notebook, not this file.
"""One change at a time, equally long, with several seeds, on sequences that can tell (Table 3)"""
from typing import Any
__all__ = ['measured', 'table3', 'Study', 'Plan', 'mix_of', 'plan', 'offered', 'learn', 'judged', 'mean_over', 'worth', 'table_of', 'worth_by_set', 'run_study', 'numbers_of', 'show_table3', 'ablate_recipe', 'ablate_data']
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import typer
from fastcore.basics import patch
from ..arguments import Batch, Changes, Cpu, Frames, Jobs, MinedFolder, Out, Publish, Recipe, Shares
from ..arguments import StillFolders, Timeout, Val, ValPairs, Workers, opt, spread
from ..drawing import palette
from ..errors import above_zero, at_least, check_part
from ..files import folder_name, need_folder, record, whole
from ..evaluation.jobs import run_benchmark
from ..otb import bootstrap
from ..pairs import Augment
from ..report import result_path, write_result
from ..train.runs import run_training, training_sets
from ..evaluation.scores import score
from ..evaluation.suite import interval_text, paired, suite
from ..train.settings import TrainConfig, recipe_of, settings_of, shares_of, value_of
from ..evaluation.trackers import mk_tracker
_crops: Any
_roots: Any
_work: Any
_own: Any

@dataclass
class Study:
    """A base recipe, what it learns from, and what judges it, as a command line says it"""
    crops: Annotated[list[Path], typer.Argument(help=_crops)]
    roots: Annotated[list[Path], opt(_roots, '--suite')] = None
    still: StillFolders = None
    mined: MinedFolder = None
    recipe: Recipe = 'ours'
    changes: Changes = None
    share: Shares = None
    n: Annotated[int, opt('Pairs that each training sees.', '--pairs')] = 100000
    batch: Batch = 16
    seeds: Annotated[int, opt('Trainings of each, with as many seeds.')] = 2
    val: Val = 0.2
    n_val: ValPairs = 256
    frames: Frames = None
    tracker: Annotated[str, opt('What tracks the suite.')] = 'siamfc-3s'
    jobs: Jobs = 1
    workers: Workers = 1
    work: Annotated[Path, opt(_work)] = Path('runs/study')
    timeout: Timeout = 1800
    device: Cpu = None
    run: dict = field(init=False)
    drawn: dict = field(init=False)
    shares: dict = field(init=False)

    def __post_init__(self):
        ...

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
    """Read the shares from `without FOLDER` or `FOLDER alone`"""
    ...

def _parts_of(study, change):
    """Take a change apart"""
    ...

def plan(study, change='') -> Plan:
    """Plan what a change makes of the base"""
    ...
_offered: Any

def offered(study) -> list:
    """List the changes that say something about a recipe"""
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
    """Average the figure of each sequence over the seeds"""
    ...

def worth(runs, base, sets) -> dict:
    """Tell what a change is worth"""
    ...

def table_of(changes) -> dict:
    """Put a study in a table"""
    ...

def worth_by_set(result) -> dict:
    """Tell what each change is worth on each set alone"""
    ...

def _row(study, p, trained, judged_, base):
    ...

def _plans(study, changes):
    """Plan each change under its name, `base` first; errors come before anything is trained"""
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
    """Read numbers of videos"""
    ...

def show_table3(result):
    """Draw ours beside the paper's curve"""
    ...
_to_try: Any

@dataclass
class _Recipes(Study):
    work: Annotated[Path, opt(_work)] = Path('runs/study/recipes')

@spread
def ablate_recipe(study: _Recipes, change: Annotated[list[str], opt(_to_try)]=None, out: Out=None, publish: Publish=False):
    """Measure what changes of a recipe are worth on the suite. Killed, it goes on; another --change adds to it."""
    ...
_parts: Any

@dataclass
class _Data(Study):
    work: Annotated[Path, opt(_work)] = Path('runs/study/data')

@spread
def ablate_data(study: _Data, videos: Annotated[str, opt(_parts)]='30,100,300,1000,3000,10000', out: Out=None, publish: Publish=False):
    """Train equally long on a few videos, on more, on all, and judge on the suite (Table 3). Killed, it goes on."""
    ...
