"""A real Prometheus and Alertmanager on loopback, with the rules and routes that are handed out, only in a hurry."""

import json
import shutil
import threading
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


def missing_parts() -> str:
    """Why the servers cannot be started; empty where they can."""
    missing = [command for command in COMMANDS if shutil.which(command) is None]
    return f"{', '.join(missing)} not here; on Debian it is the package of that name" if missing else ""


@dataclass
class Webhook:
    """Who is told. `told` are the alerts as they came: receiver, status, labels, annotations."""

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

    def firing(self) -> dict[str, list[Mapping[str, str]]]:
        """The labels of the alerts that fire now, by name."""
        found: dict[str, list[Mapping[str, str]]] = {}
        for alert in requests.get(f"{self.prometheus}/api/v1/alerts", timeout=60).json()["data"]["alerts"]:
            if alert["state"] == "firing":
                found.setdefault(alert["labels"]["alertname"], []).append(alert["labels"])
        return found

    def health(self) -> dict[str, str]:
        """What became of the newest evaluation of every alert: "ok", "unknown" before the first, "err: …" where it failed."""
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
        _write_rules(folder / "alerts.yml")
        _write_routes(folder / "alertmanager.yml", port)
        _write_prometheus(folder / "prometheus.yml", daemon.removeprefix("http://"), f"127.0.0.1:{alertmanager}")
        words = ["--config.file=alertmanager.yml", "--storage.path=alertmanager", "--cluster.listen-address="]
        words = ["prometheus-alertmanager", *words, f"--web.listen-address=127.0.0.1:{alertmanager}"]
        stack.enter_context(process(words, folder))
        words = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address=127.0.0.1:{prometheus}"]
        stack.enter_context(process(["prometheus", *words], folder))
        for server in (alertmanager, prometheus):
            until(lambda at=server: requests.get(f"http://127.0.0.1:{at}/-/ready", timeout=60).raise_for_status())  # type: ignore[misc]
        yield Alerting(f"http://127.0.0.1:{prometheus}", webhook)


def _write_rules(path: Path) -> None:
    """The rules, but for the times: what must last an hour lasts two seconds."""
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            rule["for"] = "2s"
            rule["expr"] = rule["expr"].replace("[15m]", "[30s]")
    path.write_text(yaml.safe_dump(rules))


def _write_routes(path: Path, port: int) -> None:
    """The example, with the test's webhook in the place of the placeholders."""
    text = (DEPLOY / "alertmanager.yml").read_text().replace("http://127.0.0.1:9095/", f"http://127.0.0.1:{port}/")
    routes = yaml.safe_load(text)
    routes["route"] |= {"group_wait": "1s", "group_interval": "1s"}
    path.write_text(yaml.safe_dump(routes))


def _write_prometheus(path: Path, daemon: str, alertmanager: str) -> None:
    """The scrape job that is handed out, every second and at the daemon's port."""
    job = yaml.safe_load((DEPLOY / "scrape.yml").read_text())["scrape_configs"][0]
    job |= {"scrape_interval": "1s", "scrape_timeout": "1s", "static_configs": [{"targets": [daemon]}]}
    path.write_text(
        yaml.safe_dump(
            {
                "global": {"evaluation_interval": "1s"},
                "rule_files": ["alerts.yml"],
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
            webhook.told += [{**alert, "receiver": self.path.strip("/")} for alert in body["alerts"]]
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
