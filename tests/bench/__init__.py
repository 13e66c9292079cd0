"""Measurements: `make bench`. Each module measures one thing beside a named floor or peer, in the same run."""
