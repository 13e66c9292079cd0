"""What somebody does to the cluster: destinations, ports, modes, nodes, services; and what stands between the ends.

`path-blocked` was no code yet when these answers were written; `no-connection` was the nearest.
"""

from support.holdout.case import MODERN, Case
from support.holdout.hands import destinations, rewritten
from support.patient import Patient

CUBE = "10.72.86.86"
PATTERN = "<pattern>9.@</pattern><routePartitionName>PSTN</routePartitionName>"
NON_SECURE = (
    "<securityMode>Non Secure</securityMode><incomingTransport>TCP+UDP</incomingTransport>"
    "<outgoingTransport>TCP</outgoingTransport><incomingPort>5060</incomingPort>"
)


def _profile(patient: Patient, inner: str) -> None:
    patient.edit_profile(inner)
    patient.reset()


def _stopped_service(patient: Patient, name: str) -> None:
    patient.lab.call(patient.node(name).stop())
    patient.clear()


def _power_off(patient: Patient, *names: str) -> None:
    for name in names:
        patient.lab.call(patient.cluster.stop_node(name))
    patient.clear()


def _node_port_rejected(patient: Patient) -> None:
    """An access list in front of a node answers TCP to its SIP port with a reset; the node itself is well."""
    patient.do(patient.node("cucm-sub2").sip._servers[5061].close)
    patient.clear()


def _cube_port_rejected(patient: Patient) -> None:
    """The same in front of the CUBE."""

    def close() -> None:
        server = patient.cube.agent._server
        assert server
        server.close()

    patient.do(close)
    patient.clear()
    patient.reset()


def _trunk_deleted(patient: Patient) -> None:
    patient.axl("removeRoutePattern", f"{PATTERN}<dialPlanName>NANP</dialPlanName><routeFilterName/>")
    patient.axl("removeSipTrunk", f"<name>{patient.trunk}</name>")
    patient.clear()


CASES = (
    Case(
        "destination-5060",
        "the trunk's destination has the default port",
        ("trunk-destination",),
        lambda p: destinations(p, (CUBE, 5060)),
    ),
    Case(
        "destination-old-cube",
        "the trunk calls the CUBE that was replaced",
        ("trunk-destination",),
        lambda p: destinations(p, ("10.72.86.80", 5061)),
    ),
    Case(
        "destination-unknown-name",
        "the trunk calls a name that DNS does not know",
        ("trunk-destination",),
        lambda p: destinations(p, ("vg-yohur.voice.example.com", 5061)),
    ),
    Case(
        "incoming-port-5062",
        "the profile listens on 5062",
        ("port-cluster",),
        lambda p: _profile(p, "<incomingPort>5062</incomingPort>"),
    ),
    Case(
        "non-secure", "the profile was set to Non Secure for a test", ("transport-cluster",), lambda p: _profile(p, NON_SECURE)
    ),
    Case(
        "authenticated",
        "the profile says Authenticated, which encrypts nothing",
        ("transport-cluster", "cipher"),
        lambda p: _profile(p, "<securityMode>Authenticated</securityMode>"),
        MODERN,
    ),
    Case(
        "service-stopped",
        "Cisco CallManager was stopped on a subscriber",
        ("service-down",),
        lambda p: _stopped_service(p, "cucm-sub2"),
    ),
    Case(
        "subscriber-off",
        "a subscriber has no power, and the CUBE pings it",
        ("node-down",),
        lambda p: _power_off(p, "cucm-sub2"),
        MODERN,
    ),
    Case("both-subscribers-off", "the second site is dark", ("node-down",), lambda p: _power_off(p, "cucm-sub1", "cucm-sub2")),
    Case("trunk-deleted", "somebody deleted the trunk", ("trunk-missing",), _trunk_deleted),
    Case(
        "access-list-before-node",
        "an access list rejects TLS towards one node",
        ("path-blocked", "no-connection", "busyout"),
        _node_port_rejected,
        MODERN,
    ),
    Case(
        "access-list-before-cube",
        "an access list rejects TLS towards the CUBE",
        ("path-blocked", "no-connection"),
        _cube_port_rejected,
    ),
    Case(
        "document-wrong-cube-address",
        "the documents state a wrong signalling address",
        ("trunk-destination", "bind"),
        prepare=rewritten("cubes/vg-yohur.yaml", "  address: 10.72.86.86", "  address: 10.72.86.87"),
    ),
    Case(
        "document-wrong-node-address",
        "the documents state a wrong address of a node",
        ("path-blocked", "no-connection", "busyout", "node-missing"),
        body=MODERN,
        prepare=rewritten("clusters/seoul.yaml", " address: 10.72.86.76,", " address: 10.72.86.78,"),
    ),
)
