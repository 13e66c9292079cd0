"""Where each certificate stands on its ladder, and what is wanted next. Pure. Read `rungs.py` first."""
