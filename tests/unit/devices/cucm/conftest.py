"""The cluster's schema, cut down as the daemon keeps it."""

import pytest

from trunkline.devices.cucm import write
from trunkline.devices.cucm.axl.toolkit import OBJECTS, VERSIONS, Schema, pruned
from trunkline.twin.cucm.axl.schema import toolkit_zip


@pytest.fixture(scope="session")
def schema() -> Schema:
    return pruned(toolkit_zip(), "14.0.1.13900(155)", VERSIONS)


@pytest.fixture(scope="session")
def facets(schema: Schema) -> write.Facets:
    return write.facets_of(schema.xsd, OBJECTS)
