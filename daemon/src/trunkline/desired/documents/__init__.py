"""The four documents: estate, CUBE, cluster, link. What is not said is derived from the link, or left to its other
owners.
"""

from trunkline.desired.documents.cluster import Cluster
from trunkline.desired.documents.cube import Cube, LicensedBorderElement
from trunkline.desired.documents.estate import Estate
from trunkline.desired.documents.fields import Document
from trunkline.desired.documents.link import Link
from trunkline.desired.documents.placed import Documents, Placed

__all__ = ["Cluster", "Cube", "Document", "Documents", "Estate", "LicensedBorderElement", "Link", "Placed"]
