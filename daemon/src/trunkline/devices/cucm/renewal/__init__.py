"""The life of a cluster's own certificates: request, installation, and the restart after which they are presented."""
