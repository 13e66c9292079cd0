"""The CUCM objects of one link, from its document and the CUBE's identity. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from trunkline.desired.documents import Cluster, Cube, Link, Placed
from trunkline.desired.sides import trust
from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind, cluster_target
from trunkline.model.observed import Identity
from trunkline.model.resource import Ownership, Resource


def keys(link: Placed[Link]) -> dict[Kind, Key]:
    """The names of the link's objects on the cluster."""
    target = cluster_target(link.value.cluster)
    return {
        Kind.SIP_SECURITY_PROFILE: Key(target, Kind.SIP_SECURITY_PROFILE, link.value.security_profile.name),
        Kind.SIP_PROFILE: Key(target, Kind.SIP_PROFILE, link.value.sip_profile.name),
        Kind.SIP_TRUNK: Key(target, Kind.SIP_TRUNK, link.value.trunk.name),
        Kind.ACTIVATION: Key(target, Kind.ACTIVATION, link.value.trunk.name),
    }


def route_pattern_keys(link: Placed[Link]) -> tuple[Key, ...]:
    target = cluster_target(link.value.cluster)
    return tuple(Key(target, Kind.ROUTE_PATTERN, f"{route.pattern}@{route.partition}") for route in link.value.route_patterns)


def text(value: object) -> str:
    """A value as AXL writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fields(stated: Mapping[str, object], more: Mapping[str, object]) -> dict[str, str]:
    return {name: text(value) for name, value in {**stated, **more}.items() if value is not None}


def trust_resources(link: Placed[Link], cluster: Placed[Cluster], chain: Iterable[Certificate]) -> Iterator[Resource]:
    """What each node must hold to accept the CUBE: the chain of one identity, or a certificate that nobody else signed."""
    target = cluster_target(cluster.name)
    activation = frozenset({keys(link)[Kind.ACTIVATION]})
    for node in cluster.value.nodes:
        for certificate in chain:
            yield Resource(
                trust.node_trust_key(target, node.name, certificate),
                {"sha256": certificate.sha256, "pem": certificate.pem},
                activates=activation,
                origin=link.origin("cube"),
                links=frozenset({link.name}),
            )


def security_profile(link: Placed[Link], identities: tuple[Identity, ...]) -> Resource | None:
    """The profile; its names are those of every certificate that the CUBE presents now or soon. None while none can be read."""
    stated = link.value.security_profile
    secure = link.value.tls is not None
    if secure and not identities:
        return None
    borne = [name for identity in identities for name in identity.certificate.names]
    names = {name.lower() for name in (*borne, *stated.names)}
    transport = {
        "securityMode": "Encrypted",
        "incomingTransport": "TLS",
        "outgoingTransport": "TLS",
        "x509SubjectName": ",".join(sorted(names)),
    }
    plain = {"securityMode": "Non Secure", "incomingTransport": "TCP+UDP", "outgoingTransport": "TCP"}
    port = link.value.tls.port if link.value.tls else 5060
    settings = _fields(
        {"description": stated.description, **(transport if secure else plain), "incomingPort": port}, stated.fields
    )
    return _object(link, Kind.SIP_SECURITY_PROFILE, settings, "security_profile")


def other_objects(link: Placed[Link], cube: Placed[Cube], trusted: frozenset[Key]) -> Iterator[Resource]:
    """SIP profile, trunk and route patterns; `trusted` is what both ends must hold before the trunk is used."""
    named = keys(link)
    yield _object(link, Kind.SIP_PROFILE, _sip_profile(link.value), "sip_profile")
    needs = frozenset({named[Kind.SIP_SECURITY_PROFILE], named[Kind.SIP_PROFILE]}) | trusted
    yield _object(link, Kind.SIP_TRUNK, _trunk(link.value, cube.value), "trunk", needs)
    for number, (key, route) in enumerate(zip(route_pattern_keys(link), link.value.route_patterns, strict=True)):
        stated = {
            "pattern": route.pattern,
            "routePartitionName": route.partition,
            "gatewayName": link.value.trunk.name,
            "blockEnable": False,
        }
        yield Resource(
            key,
            _fields(stated, route.fields),
            Ownership.STATED,
            frozenset({named[Kind.SIP_TRUNK]}),
            origin=link.origin("route_patterns", number),
            links=frozenset({link.name}),
        )


def _object(
    link: Placed[Link], kind: Kind, settings: dict[str, str], where: str, needs: frozenset[Key] = frozenset()
) -> Resource:
    named = keys(link)
    return Resource(
        named[kind],
        settings,
        Ownership.STATED,
        needs,
        frozenset({named[Kind.ACTIVATION]}),
        link.origin(where),
        frozenset({link.name}),
    )


def _sip_profile(link: Link) -> dict[str, str]:
    ping = link.sip_profile.options_ping
    stated: dict[str, object] = {"enableOutboundOptionsPing": ping is not None}
    if ping:
        stated["optionsPingIntervalWhenStatusOK"] = ping.up_seconds
        stated["optionsPingIntervalWhenStatusNotOK"] = ping.down_seconds
    return _fields(stated, link.sip_profile.fields)


def _trunk(link: Link, cube: Cube) -> dict[str, str]:
    port = cube.signalling.tls_port if link.tls else 5060
    return _fields(
        {
            "description": link.trunk.description,
            "devicePoolName": link.trunk.device_pool,
            "locationName": link.trunk.location,
            "callingSearchSpaceName": link.trunk.calling_search_space,
            "securityProfileName": link.security_profile.name,
            "sipProfileName": link.sip_profile.name,
            "srtpAllowed": bool(link.tls) and link.srtp != "none",
            "runOnEveryNode": link.trunk.run_on_every_node,
            "destinations": f"{cube.signalling.address}:{port}",
        },
        link.trunk.fields,
    )
