"""`clear sip-ua …`: counters and connections. Source: Cisco IOS SIP configuration guide, "Verifying SIP Gateway Status"."""

from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.siptls.shows import agent_of
from trunkline.twin.cube.siptls.table import Counters, Row

PURGED = ("Purging the entry from sip tcp process", "Purging the entry from reusable global connection table")


@command("clear sip-ua statistics")
async def clear_statistics(call: Call) -> None:
    agent_of(call).counters = Counters()


@command("clear sip-ua tcp tls connection id <id>")
@command("clear sip-ua tcp tls connection target <target>")
@command("clear sip-ua tcp tls connection id <id> target <target>")
async def clear_connection(call: Call) -> None:
    """Whatever is on it: a call that uses it loses its signalling."""
    agent, target = agent_of(call), call.arguments.get("target")
    identifier = call.number("id") if "id" in call.arguments else None
    doomed = [row for row in agent.rows.values() if _is_meant(row, identifier, target)]
    for row in doomed:
        agent.endings += 1
        row.secured.close()
        agent.rows.pop(row.connection_id, None)
    for line in PURGED if doomed else ("SIP: No such connection",):
        call.terminal.write(line)


def _is_meant(row: Row, identifier: int | None, target: str | None) -> bool:
    return identifier in (None, row.connection_id) and target in (None, f"ipv4:{row.remote[0]}:{row.remote[1]}")
