# Made by `make prep`: edit the notebook, not this file.
"""What can be set, which settings have a name, and what is measured without"""
from typing import Any
__all__ = ['configs', 'usual', 'ablations', 'TrackConfig', 'get_config']
from dataclasses import dataclass, replace
import numpy as np
from fastcore.basics import patch
from ..crops import search_side
from ..scales import experiments, scale_ablations, scalings

def _plain(v):
    ...

@dataclass(frozen=True)
class TrackConfig:
    """Settings of the online phase (§2.4, §4.1)"""
    scales: int = 3
    step: float = 1.0375
    penalty: float = 0.9745
    damping: float = 0.59
    window: float = 0.176
    up: int = 16
    context: float = 0.5
    exemplar: int = 127
    search: int = 255
    bounds: tuple = (0.2, 5)
    scaling: str = 'pyramid'
    gain: float = 0.34
    rate: float = 0.0
    weights: str = 'shipped'

    def __post_init__(self):
        ...

    @property
    def factors(self) -> np.ndarray:
        """Scales that are tried, relative to the present one"""
        ...

    @property
    def way(self):
        """How scales are searched"""
        ...

    @property
    def images(self) -> int:
        """Search images per frame"""
        ...

def _refuse(cfg):
    """Refuse settings that make no sense"""
    ...
configs = {'siamfc-3s': TrackConfig(), 'siamfc': TrackConfig(5, 1.0255, 0.962, 0.34, 0.168), 'siamfc-3s-paper': TrackConfig(3, 1.025, 0.9745, 0.35, 0.176), 'siamfc-paper': TrackConfig(5, 1.025, 0.962, 0.35, 0.168), 'siamfc-dither': TrackConfig(1, 1.05, scaling='dither'), 'siamfc-lite': TrackConfig(1, 1.05, scaling='dither', weights='lite')}

def get_config(name: str) -> TrackConfig:
    """Look up a configuration by its name"""
    ...
usual = 'siamfc-dither'
ablations: Any
