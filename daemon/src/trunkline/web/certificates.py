"""Certificates over HTTP: as JSON, and as a plain page with the table and the picture. Nothing is loaded from elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from trunkline.views.certificates import findings, picture, rows, timeline
from trunkline.views.certificates.places import IDENTITIES, Role
from trunkline.web import pages

Documents = Callable[[], Sequence[Mapping[str, Any]]]
WIRE = {True: "yes", False: "no", None: "not seen"}


def serve(app: FastAPI, documents: Documents) -> None:
    """`documents` gives the newest pass of every CUBE as JSON."""

    @app.get("/api/v1/certificates")
    def listed() -> dict[str, Any]:
        now = datetime.now(UTC)
        made = rows.rows(documents(), now)
        return {
            "at": now.isoformat(),
            "certificates": [rows.as_data(row) for row in made],
            "findings": [findings.as_data(one) for one in findings.findings(made, now)],
        }

    @app.get("/certificates")
    def page() -> HTMLResponse:
        return pages.answer(as_page(documents(), datetime.now(UTC)))


def as_page(documents: Sequence[Mapping[str, Any]], now: datetime) -> str:
    """The whole page; every text in it is escaped, the picture escapes its own."""
    made = rows.rows(documents, now)
    found = findings.findings(made, now)
    shown = [row for row in made if row.role is not Role.OTHER]
    drawn = picture.as_svg(timeline.timeline(made, now))
    return pages.page(
        "certificates.html",
        now,
        rows=[_shown(row, now) for row in shown],
        others=len(made) - len(shown),
        broken=[one for one in found if one.is_broken],
        remarks=[one for one in found if not one.is_broken],
        picture=Markup(drawn),  # noqa: S704 - made by an XML writer, which escapes what it is given
    )


def _shown(row: rows.Row, now: datetime) -> dict[str, Any]:
    data, days = rows.as_data(row), (row.certificate.not_after - now).days
    return {
        **data,
        "name": row.name,
        "where": list(rows.places_in_words(row)),
        "ends": f"{row.certificate.not_after:%Y-%m-%d}",
        "begins": f"{row.certificate.not_before:%Y-%m-%d}",
        "left": f"{days} days" if days >= 0 else f"over for {-days} days",
        "is_over": days < 0,
        "renewal": f"{row.renewal_at:%Y-%m-%d}" if row.renewal_at else "",
        "wire": WIRE[row.is_shown] if row.role in IDENTITIES else "",
    }
