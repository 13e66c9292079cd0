"""A session with a CUBE: how it is opened, how lines and answers are told apart, how questions are answered."""

from trunkline.devices.cube.session.access import CubeAccess
from trunkline.devices.cube.session.session import CubeSession

__all__ = ["CubeAccess", "CubeSession"]
