"""What a cluster tells of its trunks and services while it runs: asked at every interval, within what it allows."""
