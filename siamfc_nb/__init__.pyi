# Made by `make prep`: edit the notebook, not this file.
from .tracking import Tracker as Tracker
from .multi import MultiTracker as MultiTracker
from .videos import VideoFile as VideoFile

__version__: str
__all__ = ['Tracker', 'MultiTracker', 'VideoFile']
