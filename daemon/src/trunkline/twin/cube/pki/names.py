"""Distinguished names as IOS prints them: its own short words, the last RDN first, a set joined by `+`."""

from collections.abc import Iterator

from cryptography import x509
from cryptography.x509.oid import NameOID

from trunkline.twin.cube.pki.request import UNSTRUCTURED_ADDRESS, UNSTRUCTURED_NAME

WORDS = {
    NameOID.COMMON_NAME: "cn",
    NameOID.ORGANIZATION_NAME: "o",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "ou",
    NameOID.COUNTRY_NAME: "c",
    NameOID.LOCALITY_NAME: "l",
    NameOID.STATE_OR_PROVINCE_NAME: "st",
    NameOID.DOMAIN_COMPONENT: "dc",
    NameOID.EMAIL_ADDRESS: "e",
    NameOID.SERIAL_NUMBER: "serialNumber",
    UNSTRUCTURED_NAME: "hostname",
    UNSTRUCTURED_ADDRESS: "ipaddress",
}
OWN = (
    ("Name", (UNSTRUCTURED_NAME, NameOID.COMMON_NAME)),
    ("IP Address", (UNSTRUCTURED_ADDRESS,)),
    ("Serial Number", (NameOID.SERIAL_NUMBER,)),
)


def parts(name: x509.Name) -> Iterator[str]:
    """One RDN each."""
    for rdn in reversed(name.rdns):
        yield "+".join(f"{WORDS.get(one.oid, one.oid.dotted_string)}={one.value!s}" for one in rdn)


def own_fields(name: x509.Name) -> Iterator[str]:
    """What IOS says of the router's own subject before its RDNs; the name is the host's where the subject bears one."""
    for title, oids in OWN:
        values = [str(one.value) for oid in oids for one in name.get_attributes_for_oid(oid)]
        if values:
            yield f"{title}: {values[0]}"
