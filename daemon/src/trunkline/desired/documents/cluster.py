"""clusters/NAME.yaml."""

from typing import Annotated, Literal

from pydantic import Field

from trunkline.desired.documents.fields import Address, Becomes, Document, Fqdn, Ipv4, Name, Port, SecretRef, Strict
from trunkline.desired.documents.renewal import CertificateKey, Renewal


class ClusterNode(Strict):
    """One server of the cluster that runs Cisco CallManager."""

    name: Annotated[
        Name,
        Field(description="The node's name as the cluster lists it"),
        Becomes("whose CallManager certificate the CUBE must trust, and whose CallManager-trust holds the CUBE's issuer"),
    ]
    fqdn: Annotated[Fqdn, Field(description="Its full DNS name, which its tomcat certificate bears"), Becomes("nothing")]
    address: Annotated[
        Ipv4,
        Field(description="Where it speaks SIP"),
        Becomes("`ipv4 ADDRESS` in the trusted list; the outbound dial-peers' target; `crypto signaling remote-addr …`"),
    ]
    management_address: Annotated[
        Address | None, Field(description="Where AXL and REST answer; null: at `address`"), Becomes("nothing")
    ] = None
    publisher: Annotated[
        bool, Field(description="Whether it is the publisher, which answers AXL; one node is"), Becomes("nothing")
    ] = False
    probe_address: Annotated[
        Address | None,
        Field(description="Where the daemon connects to look at the certificate that is presented; null: at `address`"),
        Becomes("nothing"),
    ] = None


class ClusterCertificates(Strict):
    """The CallManager certificates of the nodes, which they present to the CUBEs."""

    mode: Annotated[
        Literal["watched", "managed"],
        Field(description="`watched`: trunkline says when they end; `managed`: it renews them, a node after the other"),
        Becomes("with `managed`: a request on each node, and its signed certificate"),
    ] = "watched"
    issuer: Annotated[
        Name | None, Field(description="With `managed`: the issuer of estate.yaml that signs them"), Becomes("who signs them")
    ] = None
    distribution: Annotated[
        Literal["this-server", "multi-server"],
        Field(description="One certificate for each node, or one for all of them, which the publisher asks for"),
        Becomes("the request's `distribution`"),
    ] = "this-server"
    key: Annotated[CertificateKey, Field(description="Their keys"), Becomes("the request's `keyType` and `keyLength`")] = (
        CertificateKey()
    )
    names: Annotated[
        tuple[Fqdn, ...],
        Field(description="Names beside those of the nodes"),
        Becomes("the request's subject alternative names"),
    ] = ()
    trust_takes_effect: Annotated[
        Literal["proof", "reset"],
        Field(
            description="When what was added to CallManager-trust counts as accepted: after a handshake proves it, "
            "or after the trunk was reset"
        ),
        Becomes("whether a trunk is reset before a CUBE presents a certificate of another issuer"),
    ] = "proof"


class Axl(Strict):
    """AXL on the publisher: an application user with the role Standard AXL API Access."""

    port: Annotated[Port, Field(description="TCP port of AXL")] = 8443
    username: Annotated[SecretRef, Field(description="Where the user's name is: `env:NAME` or `file:PATH`")]
    password: Annotated[SecretRef, Field(description="Where the password is: `env:NAME` or `file:PATH`; never the password")]
    ca: Annotated[str, Field(description="The CA that signed the tomcat certificates: PEM, or `file:PATH`")]


class Platform(Strict):
    """The certificate REST API of every node: a platform (OS administration) user of privilege 1."""

    port: Annotated[Port, Field(description="TCP port of the REST API")] = 443
    username: Annotated[SecretRef, Field(description="Where the user's name is: `env:NAME` or `file:PATH`")]
    password: Annotated[SecretRef, Field(description="Where the password is: `env:NAME` or `file:PATH`; never the password")]


class Cluster(Document):
    """clusters/NAME.yaml: one CUCM cluster."""

    version: Annotated[
        str | None,
        Field(pattern=r"^\d+(\.\d+)*$", description='The CUCM version in quotes, such as "12.5", for those who read'),
        Becomes("nothing; what runs is observed"),
    ] = None
    nodes: Annotated[
        tuple[ClusterNode, ...],
        Field(min_length=1, max_length=21, description="Every node that runs CallManager, in the order of preference"),
        Becomes("`preference N` of the outbound dial-peers or the server-group's members"),
    ]
    axl: Annotated[Axl, Field(description="Access to AXL"), Becomes("nothing")]
    platform: Annotated[Platform, Field(description="Access to the certificate REST API"), Becomes("nothing")]
    requests_per_minute: Annotated[
        int,
        Field(
            ge=0,
            le=1000,
            description="How many questions a minute the cluster is asked about trunks, counters and services while it runs; "
            "0: none. RIS allows 15 unless an enterprise parameter of the cluster says otherwise",
        ),
        Becomes("nothing"),
    ] = 12
    certificates: Annotated[
        ClusterCertificates,
        Field(description="The certificates of the nodes: who renews them, and how"),
    ] = ClusterCertificates()
    renewal: Annotated[
        Renewal | None,
        Field(description="When the certificates of this cluster are renewed; null: as estate.yaml says"),
        Becomes("nothing; it decides when"),
    ] = None
