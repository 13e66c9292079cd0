"""Plain pages for people: how every link stands, and all that is known of one. Nothing is loaded from elsewhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader

from trunkline.views import text

Documents = Callable[[], Sequence[Mapping[str, Any]]]
Problems = Callable[[], Sequence[str]]
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
TEMPLATES = Environment(loader=PackageLoader("trunkline.web"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def page(name: str, now: datetime, *, up: str = "", **content: Any) -> str:
    """A template, filled. `up` leads from the page's place to the root: links hold behind a proxy's prefix, too."""
    return TEMPLATES.get_template(name).render(now=f"{now:%Y-%m-%d %H:%M} UTC", up=up, **content)


def answer(html: str) -> HTMLResponse:
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})


def serve(app: FastAPI, documents: Documents, problems: Problems) -> None:
    """`documents` gives the newest pass of every CUBE as JSON, `problems` why the daemon is not ready."""

    @app.get("/")
    def links() -> HTMLResponse:
        return answer(links_page(documents(), problems(), datetime.now(UTC)))

    @app.get("/links/{name}")
    def link(name: str) -> HTMLResponse:
        for document in documents():
            if any(entry["name"] == name for entry in document["links"]):
                return answer(link_page(document, name, datetime.now(UTC)))
        raise HTTPException(404, f"there is no link {name}")


def links_page(documents: Sequence[Mapping[str, Any]], problems: Sequence[str], now: datetime) -> str:
    """Links that are not Ready come first."""
    shown = [_link(entry, document, now) for document in documents for entry in document["links"]]
    shown.sort(key=lambda one: (one["is_ready"], one["name"]))
    return page("links.html", now, problems=problems, links=shown, cubes=[_cube(document, now) for document in documents])


def _link(entry: Mapping[str, Any], document: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    ready = next((one for one in entry["conditions"] if one["type"] == "Ready"), None)
    return {
        **entry,
        "is_ready": bool(ready and ready["status"] == "True"),
        "mark": text.mark(ready["status"] if ready else ""),
        "message": ready["message"] if ready else "not judged yet",
        "since": _moment(ready["since"]) if ready else "",
        "looked": _age(document["finished_at"], now),
    }


def _cube(document: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {**document, "looked": _age(document["finished_at"], now), "obstacles": list(_obstacles(document))}


def _obstacles(document: Mapping[str, Any]) -> Iterator[str]:
    told = document["failure"]["message"] if document["failure"] else ""
    if told:
        yield told
    for gap in document["gaps"]:
        if gap["kind"] is None and gap["reason"] != told:
            yield f"{gap['target']}: {gap['reason']}"
    yield from (f"held [{reason['code']}]: {reason['text']}" for reason in document["reasons"])
    if document["remaining"]:
        named = ", ".join(change["key"] for change in document["remaining"][: text.MOST_NAMED])
        more = ", …" if len(document["remaining"]) > text.MOST_NAMED else ""
        yield f"{len(document['remaining'])} not as desired: {named}{more}"
        if document.get("changed_by"):
            yield document["changed_by"]


def link_page(document: Mapping[str, Any], name: str, now: datetime) -> str:
    entry = next(one for one in document["links"] if one["name"] == name)
    conditions = [{**one, "mark": text.mark(one["status"]), "since": _moment(one["since"])} for one in entry["conditions"]]
    return page(
        "link.html",
        now,
        up="../",
        link=entry,
        conditions=conditions,
        details=[line.removeprefix("  ") for line in text.details(document, name)],
        revision=document["revision"][:10],
        result=document["result"],
        looked=_age(document["finished_at"], now),
    )


def _moment(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp):%Y-%m-%d %H:%M:%S}"


def _age(stamp: str, now: datetime) -> str:
    return text.ago(datetime.fromisoformat(stamp), now)
