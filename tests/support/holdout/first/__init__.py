"""The first set, of 2026-11-28: written before the rules were read, from what is known of the devices alone."""

from support.holdout.first import certificates, cluster, cube, healthy, names, pairs, trust

CASES = (*names.CASES, *certificates.CASES, *trust.CASES, *cube.CASES, *cluster.CASES, *pairs.CASES, *healthy.CASES)
