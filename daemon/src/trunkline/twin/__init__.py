"""The lab: a simulated CUBE and CUCM that behave as real devices do, on loopback.

It may import neither `trunkline.devices` nor `trunkline.loop`, and no part of the daemon may import it: the twin is the
proof of the daemon, so the two must not share their mistakes.
"""
