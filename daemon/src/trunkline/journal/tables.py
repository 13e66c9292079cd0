"""The tables of the journal; the only places that know their columns are this file and `sql.py`."""

from sqlalchemy import Column, DateTime, Float, Index, Integer, MetaData, String, Table, Text

SCHEMA_VERSION = 4
ONLY_WITHOUT_TABLES = frozenset({1, 2, 3})
"""Earlier versions that lack whole tables and differ in nothing else: opening such a journal makes them."""
METADATA = MetaData()

versions = Table("schema_version", METADATA, Column("version", Integer, primary_key=True))

plans = Table(
    "plans",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("cube", String(64), nullable=False),
    Column("revision", String(64), nullable=False),
    Column("digest", String(16), nullable=False),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Index("plans_of_cube", "cube", "begun_at"),
)

steps = Table(
    "steps",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("plan_id", String(32), nullable=False),
    Column("key", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("state", String(16), nullable=False),  # intended, done, refused
    Column("at", DateTime(timezone=True), nullable=False),
    Index("steps_of_plan", "plan_id"),
)

inventory = Table(
    "inventory",
    METADATA,
    Column("cube", String(64), primary_key=True),
    Column("target", String(80), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("is_created", Integer, nullable=False),
    Column("content", Text, nullable=False),  # JSON: settings, needs, activates, ownership, links, slots
)

owed = Table(
    "owed",
    METADATA,
    Column("cube", String(64), primary_key=True),
    Column("target", String(80), primary_key=True),
    Column("name", String(200), primary_key=True),
)

claims = Table(
    "claims",
    METADATA,
    Column("cube", String(64), primary_key=True),
    Column("target", String(80), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("name", String(200), primary_key=True),
)

passes = Table(
    "passes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("cube", String(64), nullable=False),
    Column("revision", String(64), nullable=False),
    Column("result", String(32), nullable=False),
    Column("finished_at", DateTime(timezone=True), nullable=False),
    Column("duration_seconds", Float, nullable=False),
    Column("content", Text, nullable=False),  # JSON, as views.document makes it
    Index("passes_of_cube", "cube", "id"),
)

troubles = Table(
    "troubles",
    METADATA,
    Column("of", String(16), primary_key=True),  # "source"
    Column("message", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
)

counters = Table(
    "counters",
    METADATA,
    Column("device", String(80), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("last_reading", Integer, nullable=False),
    Column("total", Integer, nullable=False),
)

countings = Table(
    "countings",
    METADATA,
    Column("device", String(80), primary_key=True),
    Column("serial", String(64), nullable=False),
    Column("uptime_seconds", Integer),  # None: not known
)

enrolments = Table(
    "enrolments",
    METADATA,
    Column("target", String(80), primary_key=True),
    Column("holder", String(200), primary_key=True),
    Column("issuer", String(64), nullable=False),
    Column("csr_pem", Text, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("chain_pem", Text, nullable=False),  # the certificate, then its issuers; empty while there is no answer
    Column("issued_at", DateTime(timezone=True)),
    Column("waits", Text, nullable=False),
)

orders = Table(
    "orders",
    METADATA,
    Column("target", String(80), primary_key=True),
    Column("holder", String(200), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("is_compromised", Integer, nullable=False),
)

approvals = Table(
    "approvals",
    METADATA,
    Column("target", String(80), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

bindings = Table(
    "bindings",
    METADATA,
    Column("target", String(80), primary_key=True),
    Column("holder", String(200), primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("connections", Text, nullable=False),  # JSON: the Conn-Ids that were up
    Column("earlier_seen_at", DateTime(timezone=True)),
)

events = Table(
    "events",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("target", String(80), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("line", Text, nullable=False),  # cut, and without secrets
    Column("reason", String(32)),  # of a handshake
    Column("remote", String(64), nullable=False),
    Column("user", String(64), nullable=False),
    Column("via", String(64), nullable=False),
    Column("command", Text, nullable=False),  # without secrets
    Index("events_of_target", "target", "kind", "id"),
)
