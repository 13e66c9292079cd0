"""The lab as a whole: which devices there are, and how to start and stop them."""
