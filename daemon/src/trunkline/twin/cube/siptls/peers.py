"""What dial-peers and their keepalives are shown as. Sources: Cisco TechNotes 211306, 212090, 217860; CUBE guide."""

from collections.abc import Iterator
from dataclasses import dataclass

from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.config.running import RunningConfig
from trunkline.twin.cube.siptls import keepalive, settings
from trunkline.twin.cube.siptls.agent import SipAgent
from trunkline.twin.cube.siptls.shows import agent_of

COLUMNS = "TAG    TYPE  MIN  OPER PREFIX    DEST-PATTERN      FER THRU SESS-TARGET    STAT PORT    KEEPALIVE"


@dataclass(frozen=True)
class Peer:
    """One VoIP dial-peer as the configuration has it."""

    header: str
    lines: tuple[str, ...]

    @property
    def tag(self) -> str:
        return self.header.split()[2]

    @property
    def is_shut(self) -> bool:
        return "shutdown" in self.lines

    @property
    def server_group(self) -> str:
        return self.value("session server-group ")

    @property
    def profile(self) -> str:
        return self.value(f"{keepalive.LINE} profile ")

    def value(self, prefix: str) -> str:
        return next((line.removeprefix(prefix) for line in self.lines if line.startswith(prefix)), "")


def _peers(running: RunningConfig) -> Iterator[Peer]:
    for header in running.headers("dial-peer voice "):
        if header.endswith(" voip"):
            yield Peer(header, running.section(header))


def _targets(running: RunningConfig, peer: Peer) -> list[tuple[str, int]]:
    return [(address, port) for header, address, port in settings.targets(running) if header == peer.header]


def _is_active(agent: SipAgent, peer: Peer, target: tuple[str, int]) -> bool:
    """Alive until it was tried too often; one that nobody has tried yet counts as alive."""
    timing = keepalive.timing_of(agent.router.running, peer.header)
    return target not in agent.targets or agent.targets[target].is_active(timing)


def _status(agent: SipAgent, peer: Peer) -> str:
    """Empty without a keepalive; busy only when every target is."""
    if not any(line.startswith(keepalive.LINE) for line in peer.lines):
        return ""
    found = _targets(agent.router.running, peer)
    return "active" if any(_is_active(agent, peer, target) for target in found) else "busyout"


@command("show dial-peer voice summary", "exec")
async def show_summary(call: Call) -> None:
    agent, has_vrf = agent_of(call), call.router.train.is_xe
    group = "SESS-SER-GRP " if has_vrf else " " * 14
    call.terminal.write("dial-peer hunt 0")
    call.terminal.write(f"             AD                                    PRE PASS {group} OUT")
    call.terminal.write(f"{COLUMNS}    VRF" if has_vrf else COLUMNS)
    for peer in _peers(call.router.running):
        row = _row(peer, _status(agent, peer), is_xe=has_vrf)
        call.terminal.write(f"{row:<101}NA" if has_vrf else row.rstrip())


def _row(peer: Peer, status: str, *, is_xe: bool) -> str:
    """Classic IOS calls a busy peer down, IOS XE does not."""
    administrative = "down" if peer.is_shut else "up"
    operational = "down" if peer.is_shut or (status == "busyout" and not is_xe) else "up"
    target = f"SESS-SVR-GRP: {peer.server_group}" if peer.server_group else peer.value("session target ")
    pattern, preference = peer.value("destination-pattern "), peer.value("preference ") or "0"
    start = f"{peer.tag:<7}voip  {administrative:<5}{operational:<5}{'':<10}{pattern:<18}"
    return f"{start}{preference:>2}  syst {target:<30}{status}"


@command("show voice class sip-options-keepalive <tag>", "exec")
async def show_keepalive(call: Call) -> None:
    for line in _keepalive(agent_of(call), call.arguments["tag"]):
        call.terminal.write(line)


def _keepalive(agent: SipAgent, tag: str) -> Iterator[str]:
    running, section = agent.router.running, f"voice class sip-options-keepalive {tag}"
    peers = [peer for peer in _peers(running) if peer.profile == tag and not peer.is_shut]
    transport = running.value("transport ", section) or "system"
    profiles = running.value("sip-profiles ", section) or "0"
    up_seconds = running.value("up-interval ", section) or "60"
    down_seconds = running.value("down-interval ", section) or "30"
    yield f"Voice class sip-options-keepalive: {tag:<13} AdminStat: Up"
    yield f" Description: {running.value('description ', section)}".rstrip()
    yield f" Transport: {transport:<20} Sip Profiles: {profiles}"
    yield f" Interval(seconds) Up: {up_seconds:<17} Down: {down_seconds}"
    yield f" Retry: {running.value('retry ', section) or '5'}"
    yield ""
    yield "  Peer Tag      Server Group    OOD SessID      OOD Stat        IfIndex"
    yield "  --------      ------------    ----------      --------        -------"
    sessions: dict[tuple[str, int], str] = {}
    for number, peer in enumerate(peers):
        found = _targets(running, peer)
        for target in found:
            sessions.setdefault(target, "Active" if _is_active(agent, peer, target) else "Busy")
        stat = "Active" if _status(agent, peer) == "active" else "Busy"
        session = "" if peer.server_group else ",".join(str(list(sessions).index(target) + 1) for target in found)
        yield f"  {peer.tag:<14}{peer.server_group:<16}{session:<16}{stat:<16}{87 + number}"
    yield from _groups(running, peers, sessions)
    for number, ((address, port), stat) in enumerate(sessions.items(), start=1):
        yield ""
        yield f" OOD SessID: {number:<19} OOD Stat: {stat}"
        yield f"  Target: ipv4:{address}{'' if port == settings.TLS_PORT else f':{port}'}"
        yield f"  Transport: {transport:<19} Sip Profiles: {profiles}"


def _groups(running: RunningConfig, peers: list[Peer], sessions: dict[tuple[str, int], str]) -> Iterator[str]:
    for group in dict.fromkeys(peer.server_group for peer in peers if peer.server_group):
        members = next(_targets(running, peer) for peer in peers if peer.server_group == group)
        stats = [(list(sessions).index(target) + 1, sessions[target]) for target in members]
        is_alive = any(stat == "Active" for _, stat in stats)
        yield ""
        yield f"  Server Group: {group:<16} OOD Stat: {'Active' if is_alive else 'Busy'}"
        yield "   OOD SessID   OOD Stat"
        yield "   ----------   --------"
        yield from (f"   {number:<12} {stat}" for number, stat in stats)
