"""A real Prometheus and Alertmanager on loopback, with the rules and routes that are handed out, only in a hurry."""

import json
import math
import re
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
import yaml

from support.issuing_servers import free_port, process, until
from support.scene import ROOT

DEPLOY = ROOT / "deploy" / "prometheus"
COMMANDS = ("prometheus", "prometheus-alertmanager")
RULES = ("alerts.yml", "rules.yml")
HURRY = 30
"""A second of a test is half a minute: Prometheus scrapes and evaluates every second instead of every thirty."""
UNITS = {"s": 1, "m": 60, "h": 3600}
OLD = re.compile(
    r"((?:age_seconds(?:\{[^}]*\})?|(?:unsaved_since|last_fetch|probe)_timestamp_seconds) (?:> bool|[<>]) )(\d+(?: \* \d+)?)\b"
)
"""What is compared with an age, and with which."""


def missing_parts() -> str:
    """Why the servers cannot be started; empty where they can."""
    missing = [command for command in COMMANDS if shutil.which(command) is None]
    return f"{', '.join(missing)} not here; on Debian it is the package of that name" if missing else ""


@dataclass
class Webhook:
    """Who is told. `told` are the alerts as they came: receiver, status, labels, annotations, and when (`at`)."""

    told: list[Mapping[str, Any]] = field(default_factory=list)

    def was_told(self, receiver: str, status: str, **labels: str) -> Mapping[str, Any] | None:
        """The last such alert that came."""
        fitting = (
            one
            for one in reversed(self.told)
            if (one["receiver"], one["status"]) == (receiver, status) and labels.items() <= one["labels"].items()
        )
        return next(fitting, None)


@dataclass(frozen=True)
class Alerting:
    """What runs."""

    prometheus: str
    webhook: Webhook
    process: "_Restartable"

    def firing(self) -> dict[str, list[Mapping[str, str]]]:
        """The labels of the alerts that fire now, by name."""
        found: dict[str, list[Mapping[str, str]]] = {}
        for alert in requests.get(f"{self.prometheus}/api/v1/alerts", timeout=60).json()["data"]["alerts"]:
            if alert["state"] == "firing":
                found.setdefault(alert["labels"]["alertname"], []).append(alert["labels"])
        return found

    def health(self) -> dict[str, str]:
        """What became of the newest evaluation of every rule: "ok", "unknown" before the first, "err: …" where it failed."""
        groups = requests.get(f"{self.prometheus}/api/v1/rules", timeout=60).json()["data"]["groups"]
        return {
            rule["name"]: ": ".join(filter(None, (rule["health"], rule.get("lastError", ""))))
            for group in groups
            for rule in group["rules"]
        }

    def value(self, query: str) -> float | None:
        """The value of a query that has one."""
        answer = requests.get(f"{self.prometheus}/api/v1/query", params={"query": query}, timeout=60).json()
        result = answer["data"]["result"]
        return float(result[0]["value"][1]) if result else None


@contextmanager
def alerting(folder: Path, daemon: str) -> Iterator[Alerting]:
    """Scrape the daemon at "http://127.0.0.1:PORT" every second, and tell a webhook."""
    folder.mkdir()
    prometheus, alertmanager = free_port(), free_port()
    with ExitStack() as stack:
        webhook, port = stack.enter_context(_listening())
        for name in RULES:
            _write_rules(name, folder / name)
        _write_prometheus(folder / "prometheus.yml", daemon.removeprefix("http://"), f"127.0.0.1:{alertmanager}")
        stack.enter_context(_alertmanager(folder, alertmanager, port))
        words = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address=127.0.0.1:{prometheus}"]
        running = stack.enter_context(_Restartable(["prometheus", *words], folder, f"http://127.0.0.1:{prometheus}"))
        yield Alerting(running.address, webhook, running)


@contextmanager
def routing(folder: Path) -> Iterator[str]:
    """The address of an Alertmanager alone, with the example."""
    folder.mkdir()
    port = free_port()
    with _listening() as (_, webhook), _alertmanager(folder, port, webhook):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _alertmanager(folder: Path, port: int, webhook: int) -> Iterator[None]:
    _write_routes(folder / "alertmanager.yml", webhook)
    words = ["--config.file=alertmanager.yml", "--storage.path=alertmanager", "--cluster.listen-address="]
    with process(["prometheus-alertmanager", *words, f"--web.listen-address=127.0.0.1:{port}"], folder):
        _wait_ready(f"http://127.0.0.1:{port}")
        yield


def _wait_ready(address: str) -> None:
    until(lambda: requests.get(f"{address}/-/ready", timeout=60).raise_for_status())


class _Restartable:
    """A server that may be killed and started again on what it stored."""

    def __init__(self, words: list[str], folder: Path, address: str) -> None:
        self.address = address
        self._words, self._folder = words, folder
        self._stack = ExitStack()

    def __enter__(self) -> "_Restartable":
        self._process = self._stack.enter_context(process(self._words, self._folder))
        _wait_ready(self.address)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stack.close()

    def kill(self) -> None:
        self._process.kill()
        self._stack.close()

    def start(self) -> None:
        self.__enter__()


def _write_rules(name: str, path: Path) -> None:
    """The rules, with every time in them thirty times shorter: `for`, how far they look back, and the ages that are too old.

    What compares an age says so by its metric; how long certificates live is not touched.
    """
    rules = yaml.safe_load((DEPLOY / name).read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            if "alert" in rule:
                rule["for"] = _hurried(rule["for"])
            rule["expr"] = hurried(rule["expr"])
    path.write_text(yaml.safe_dump(rules))


def hurried(expr: str) -> str:
    """An expression whose times are thirty times shorter."""
    expr = re.sub(r"\[(\d+[smh])\]", lambda found: f"[{_hurried(found[1])}]", expr)
    return OLD.sub(lambda found: f"{found[1]}{_seconds(found[2]) / HURRY:g}", expr)


def _hurried(time: str) -> str:
    return f"{_seconds(time) // HURRY}s"


def _seconds(time: str) -> int:
    """Of "10m", "900" or "8 * 3600"."""
    if time[-1] in UNITS:
        return int(time[:-1]) * UNITS[time[-1]]
    return math.prod(int(factor) for factor in time.split("*"))


def _write_routes(path: Path, port: int) -> None:
    """The example, with the test's webhook in the place of the placeholders, and in the same hurry."""
    text = (DEPLOY / "alertmanager.yml").read_text().replace("http://127.0.0.1:9095/", f"http://127.0.0.1:{port}/")
    routes = yaml.safe_load(text)
    routes["route"] |= {name: _hurried(routes["route"][name]) for name in ("group_wait", "group_interval")}
    path.write_text(yaml.safe_dump(routes))


def _write_prometheus(path: Path, daemon: str, alertmanager: str) -> None:
    """The scrape job that is handed out, every second and at the daemon's port."""
    job = yaml.safe_load((DEPLOY / "scrape.yml").read_text())["scrape_configs"][0]
    job |= {"scrape_interval": "1s", "scrape_timeout": "1s", "static_configs": [{"targets": [daemon]}]}
    path.write_text(
        yaml.safe_dump(
            {
                "global": {"evaluation_interval": "1s"},
                "rule_files": list(RULES),
                "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
                "scrape_configs": [job],
            }
        )
    )


@contextmanager
def _listening() -> Iterator[tuple[Webhook, int]]:
    webhook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            more = {"receiver": self.path.strip("/"), "at": time.time()}
            webhook.told += [{**alert, **more} for alert in body["alerts"]]
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield webhook, server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)
