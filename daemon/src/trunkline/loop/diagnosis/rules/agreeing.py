"""What both ends must have in common: names, a version of TLS, a cipher suite. Pure."""

from collections.abc import Iterator

from trunkline.loop.diagnosis.evidence import Evidence, Far
from trunkline.loop.diagnosis.finding import found, named, put_right, typed
from trunkline.loop.diagnosis.reading import binding, is_bound_elsewhere, value
from trunkline.loop.ends import binding as bindings
from trunkline.loop.ends.binding import Binding
from trunkline.model.cause import Certainty, Cure, Finding, Sight
from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind
from trunkline.model.profile import named_in

VERSIONS = ("v1.0", "v1.1", "v1.2", "v1.3")
SPOKEN = {"TLSv1": "v1.0", "TLSv1.1": "v1.1", "TLSv1.2": "v1.2", "TLSv1.3": "v1.3"}
FIRST_WITH_13 = 15  # Cisco Unified CM release 15SU2
WILDCARD = "give the CUBE a certificate with a name of its own: Cisco documents no wildcards in X.509 Subject Name"
NEVER_NEGOTIATED = frozenset({"CHACHA20_POLY1305_SHA256", "DHE_RSA_WITH_AES_256_CBC_SHA"})  # CUBE TLS guide


def profile_names(evidence: Evidence) -> Iterator[Finding]:
    """Without one of its names in the profile the CUBE's calls reach no trunk: TLS comes up, SIP is refused."""
    shown, own, key = evidence.profile, evidence.own, evidence.link.security_profile
    if shown is None or own is None or not evidence.link.is_secure:
        return
    has = named_in(shown)
    presented = None if is_bound_elsewhere(evidence) else evidence.shown
    certificate = presented.certificate if presented and presented.certificate else own.certificate
    if has & {name.lower() for name in certificate.names}:
        return
    bears = ", ".join(certificate.names)
    sights = [
        Sight(evidence.cluster_holder, f"{key.name} names {', '.join(sorted(has)) or 'nobody'}"),
        Sight(evidence.cube_holder, f"its certificate {named(certificate)} bears {bears}"),
        *(Sight(evidence.cluster_holder, text) for text in _slips(has, certificate)),
    ]
    own_names = [name for name in certificate.names if "*" not in name]
    text = f"add {own_names[0]} to X.509 Subject Name of {key.name}, and reset the trunk" if own_names else WILDCARD
    cures = put_right(evidence, key, Cure(text, evidence.cluster_holder))
    yield found("name-mismatch", sights, cures, [evidence.cluster_holder], origin=evidence.origin(key))


def _slips(has: frozenset[str], certificate: Certificate) -> Iterator[str]:
    """How people come to write a name that is nearly right."""
    bears = {name.lower() for name in certificate.names}
    for name in sorted(has):
        if "=" in name and name.partition("=")[2] in bears:
            yield f"`{name}`: the name alone belongs there, without `{name.partition('=')[0]}=`"
        elif "*" in name:
            yield f"`{name}`: names are compared as they stand; Cisco documents no wildcard there"
        elif any(one.startswith(f"{name}.") for one in bears):
            yield f"`{name}` is the short name; CUCM compares whole names"


def validated(evidence: Evidence) -> Iterator[Finding]:
    """`cn-san validate`: the CUBE compares the names of a node's certificate with a list, else with the address it called."""
    for number, node in enumerate(evidence.nodes if evidence.cube else (), start=1):
        made = binding(evidence, node.address)
        certificate = _presented(node)
        if not made.validates or certificate is None:
            continue
        allowed = (*made.names, node.address)
        if certificate.bears_one_of(allowed):
            continue
        holder, key = evidence.cube_holder, Key(evidence.cube_holder, Kind.TLS_PROFILE, made.profile)
        text = (
            f"`cn-san validate {made.validates}` accepts {', '.join(allowed)}; {node.name} bears {', '.join(certificate.names)}"
        )
        by_hand = _allowed(made, certificate, len(made.names) + number, holder)
        cures = put_right(evidence, key, by_hand) if made.profile else (by_hand,)
        yield found("name-refused", [Sight(holder, text)], cures, [node.holder], origin=evidence.origin(key))


def _allowed(made: Binding, certificate: Certificate, number: int, holder: str) -> Cure:
    """`crypto signaling` itself has no list of names: only a TLS profile has (Cisco IOS voice command reference)."""
    if made.profile:
        lines = (f"voice class tls-profile {made.profile}", f" cn-san {number} {certificate.common_name}")
        return typed("allow its name beside those that are listed, or validate none", holder, *lines)
    bare = made.said.replace(" cn-san-validate server", "")
    return typed("validate none, or bind a TLS profile, which can list names", holder, "sip-ua", f" {bare}")


def _presented(node: Far) -> Certificate | None:
    if node.shown and node.shown.certificate:
        return node.shown.certificate
    return node.identity.certificate if node.identity else None


def versions(evidence: Evidence) -> Iterator[Finding]:
    """`transport tcp tls VERSION` is the only version that is spoken, or with `minimum` the least."""
    words = value(evidence.section(Kind.SIP_UA), "transport tcp tls").split()
    if evidence.cube is None or not words or words[0] not in VERSIONS:
        return
    line, holder, key = (
        f"`transport tcp tls {' '.join(words)}`",
        evidence.cube_holder,
        Key(evidence.cube_holder, Kind.SIP_UA, ""),
    )
    told = _against(evidence, words[0], is_least="minimum" in words)
    if told is None:
        return
    certainty, sight = told
    cures = put_right(evidence, key, typed("on the CUBE", holder, "sip-ua", " transport tcp tls v1.2"))
    sights = [Sight(holder, f"`sip-ua` says {line}"), sight]
    yield found("version", sights, cures, [holder], certainty, evidence.origin(key))


def _against(evidence: Evidence, version: str, *, is_least: bool) -> tuple[Certainty, Sight] | None:
    """What shows that the nodes do not speak that version."""
    spoken = {SPOKEN[node.look.version]: node for node in evidence.nodes if node.look and node.look.version in SPOKEN}
    release = evidence.cluster_facts.version if evidence.cluster_facts else ""
    major = int(release.split(".")[0]) if release.split(".")[0].isdigit() else FIRST_WITH_13
    if version == "v1.3":
        if spoken and "v1.3" not in spoken:  # the probe offers it
            node = next(iter(spoken.values()))
            return Certainty.SEEN, Sight(node.holder, f"offered up to TLS 1.3, it chose {min(spoken)}")
        if major < FIRST_WITH_13:
            return Certainty.SEEN, Sight(evidence.cluster_holder, f"release {release} speaks at most TLS 1.2")
        return None
    if (
        version in ("v1.0", "v1.1")
        and not is_least
        and not (evidence.established or frozenset()) & set(evidence.link.node_addresses)
    ):
        best = f"it speaks TLS {max(spoken)[1:]}" if spoken else f"release {release} speaks TLS 1.2"
        return Certainty.LIKELY, Sight(
            evidence.cluster_holder, f"{best}, and no connection is established: it may refuse {version}"
        )
    return None


def ciphers(evidence: Evidence) -> Iterator[Finding]:
    """A suite fits a server's certificate by the kind of its key; TLS 1.3's fit any."""
    if evidence.cube is None or not evidence.link.node_addresses:
        return
    made = binding(evidence, evidence.link.node_addresses[0])
    stated = bindings.ciphers(evidence.cube, made, (16,)) if made.cipher_class else ()
    usable = [name for name in stated if name not in NEVER_NEGOTIATED]
    ends = [("the CUBE", evidence.own.certificate)] if evidence.own else []
    ends += [(node.name, certificate) for node in evidence.nodes if (certificate := _presented(node))]
    wrong = [
        (name, one) for name, one in ends if one.key_type and not any(_suits(suite, one.key_type.algorithm) for suite in usable)
    ]
    holder = evidence.cube_holder
    key = Key(holder, Kind.TLS_CIPHER, made.cipher_class)
    if stated and wrong:
        sights = [Sight(holder, f"`voice class tls-cipher {key.name}` allows {', '.join(stated)} only")]
        sights += [Sight(holder, f"{name} presents a certificate with an {one.key_type} key") for name, one in wrong[:2]]
        lines = (f"voice class tls-cipher {key.name}", f" cipher {len(stated) + 1} {_fitting(wrong[0][1])}")
        cures = put_right(evidence, key, typed("allow a suite for the keys there are, too", holder, *lines))
        yield found("cipher", sights, cures, [holder], origin=evidence.origin(key))
    elif (
        made.is_strict
        and _is_classic(evidence)
        and not (evidence.established or frozenset()) & set(evidence.link.node_addresses)
    ):
        yield _strict(evidence, made)


def _fitting(certificate: Certificate) -> str:
    """A suite for its kind of key."""
    is_elliptic = certificate.key_type is not None and certificate.key_type.algorithm == "ec"
    return "ECDHE_ECDSA_AES256_GCM_SHA384" if is_elliptic else "ECDHE_RSA_AES256_GCM_SHA384"


def _suits(suite: str, algorithm: str) -> bool:
    if "ECDSA" in suite:
        return algorithm == "ec"
    return "RSA" not in suite or algorithm == "rsa"


def _is_classic(evidence: Evidence) -> bool:
    return evidence.cube_facts is not None and evidence.cube_facts.release < (16,)


def _strict(evidence: Evidence, made: Binding) -> Finding:
    """On IOS 15 `strict-cipher` leaves one suite, which hardened clusters do not take."""
    holder, key = evidence.cube_holder, Key(evidence.cube_holder, Kind.SIP_UA, "")
    text = f"`{made.said}`: on this release strict-cipher leaves TLS_RSA_WITH_AES_128_CBC_SHA alone"
    bare = made.said.replace(" strict-cipher", "")
    cures = put_right(evidence, key, typed("offer every suite of the release", holder, "sip-ua", f" {bare}"))
    return found("cipher", [Sight(holder, text)], cures, [holder], Certainty.LIKELY, evidence.origin(key))
