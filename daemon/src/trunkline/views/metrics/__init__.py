"""What Prometheus is told. `contract.py` lists every name; one module for each thing that is told of. Pure."""
