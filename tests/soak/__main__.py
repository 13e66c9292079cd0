"""`python -m tests.soak [RUNS [SEED]]`: exit code 0 where every run converged and nobody was ever refused."""

import random
import sys
import tempfile
from pathlib import Path

from support.octets import claimed_octet
from support.soak import soak, trunk


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**6)
    print(f"{count} runs, seed {seed}; `python -m tests.soak {count} {seed}` repeats them", flush=True)
    with claimed_octet() as octet, tempfile.TemporaryDirectory() as directory, trunk(Path(directory), octet) as on:
        report = soak(on, seed, count, tell=True)
    print(report)
    return 1 if report.failed or report.refusals else 0


if __name__ == "__main__":
    sys.exit(main())
