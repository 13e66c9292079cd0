"""How soon, and how big, an AXL client is ready in a fresh process on a cluster that trunkline knows already."""

import io
import json
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.row import Row

from support.cluster import ClusterScene, running_cluster

ROUNDS = 7
GOAL_SECONDS, GOAL_MIB = 0.1, 50.0
MEASURED = """
import json, sys, time
sys.modules["httpx"] = None  # a tool of the tests: zeep would load it, but a daemon's installation does not have it
{imports}
given = json.load(sys.stdin)
started, used = time.perf_counter(), time.process_time()
{work}
seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - used
with open("/proc/self/status") as status:
    peak_kib = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
assert release.startswith("14."), release
print(json.dumps([seconds, peak_kib / 1024, cpu_seconds]))
"""
OURS = MEASURED.format(
    imports="from pathlib import Path\n"
    "from trunkline.devices.cucm.access import ClusterAccess, NodeAccess\n"
    "from trunkline.devices.cucm.axl.session import AxlSession",
    work="""
node = NodeAccess("cucm-pub", "cucm-pub.example.com", given["address"], True)
access = ClusterAccess((node,), *given["user"], "", "", given["ca"], Path(given["cache"]))
session = AxlSession(access)
session.open()
release = session.release
assert session.schema_fetches == 0
""",
)
WHOLE = MEASURED.format(
    imports="import requests, zeep\nfrom zeep.transports import Transport",
    work="""
http = requests.Session()
http.verify, http.trust_env, http.auth = False, False, tuple(given["user"])
client = zeep.Client(given["wsdl"], transport=Transport(session=http))
name = "{http://www.cisco.com/AXLAPIService/}AXLAPIBinding"
service = client.create_service(name, "https://" + given["address"] + ":8443/axl/")
release = service.getCCMVersion()["return"]["componentVersion"]["version"]
""",
)


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, running_cluster(Path(folder)) as scene:
        given = _prepared(scene)
        rounds = [(_measured(OURS, given), _measured(WHOLE, given)) for _ in range(ROUNDS)]
    ours_s, whole_s = (statistics.median(one[side][0] for one in rounds) for side in (0, 1))
    ours_cpu_s, whole_cpu_s = (statistics.median(one[side][2] for one in rounds) for side in (0, 1))
    ours_mib, whole_mib = (statistics.median(one[side][1] for one in rounds) for side in (0, 1))
    ours = f"{ours_s:.3f} s, of it CPU {ours_cpu_s:.3f} s"
    beside = f"zeep on the whole schema {whole_s:.2f} s, of it CPU {whole_cpu_s:.2f} s"
    yield Row("AXL client ready, schema known (s)", ours, beside, ours_s, GOAL_SECONDS)
    beside = f"zeep on the whole schema {whole_mib:.0f} MiB"
    yield Row("its process at its largest (MiB)", f"{ours_mib:.1f} MiB", beside, ours_mib, GOAL_MIB)


def _prepared(scene: ClusterScene) -> dict[str, object]:
    """The schema as trunkline keeps it after the first time, and the whole toolkit for the peer."""
    user = scene.cluster.spec.axl_user
    with scene.device() as device:
        device.axl.open()
    url = f"https://{scene.address('cucm-pub')}:8443/plugins/axlsqltoolkit.zip"
    archive = scene.https("cucm-pub").get(url, auth=user).content
    zipfile.ZipFile(io.BytesIO(archive)).extractall(scene.directory / "toolkit")
    return {
        "address": scene.address("cucm-pub"),
        "user": user,
        "ca": scene.ca_pem,
        "cache": str(scene.directory / "cache"),
        "wsdl": str(scene.directory / "toolkit/schema/12.5/AXLAPI.wsdl"),
    }


def _measured(script: str, given: dict[str, object]) -> tuple[float, float, float]:
    """Seconds until ready, without imports; peak resident MiB of the whole process, with them; CPU seconds until ready."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], input=json.dumps(given), capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr
    seconds, mib, cpu_seconds = json.loads(done.stdout)
    return seconds, mib, cpu_seconds
