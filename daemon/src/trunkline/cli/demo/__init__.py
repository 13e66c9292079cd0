"""`trunkline demo`: the main job on simulated equipment, from a commit to a daemon that was killed and came back."""

from trunkline.cli.demo.story import run_demo

__all__ = ["run_demo"]
