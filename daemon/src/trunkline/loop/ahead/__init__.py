"""The loop run ahead of itself: what a plan leads to, which handshakes come of it, and the verdict on both."""
