"""Settings against the schema, and as zeep wants them."""

import pytest

from trunkline.devices.cucm import read, write
from trunkline.devices.cucm.write import NULL, Facets

TRUNK, PROFILE, PATTERN = "SipTrunk", "SipTrunkSecurityProfile", "RoutePattern"


class TestObjections:
    @pytest.mark.parametrize(
        ("of", "field", "value"),
        [
            (PROFILE, "securityMode", "Encrypted"),
            (PROFILE, "incomingPort", "5061"),
            (TRUNK, "sigDigits", "99"),
            (TRUNK, "srtpAllowed", "true"),
            (TRUNK, "destinations", "10.0.0.1:5061, [2001:db8::1]:5061"),
            (TRUNK, "callingSearchSpaceName", ""),
            (PATTERN, "gatewayName", "trunk"),
            (PATTERN, "newDialPlanName", "NANP"),
        ],
    )
    def test_none(self, facets: Facets, of: str, field: str, value: str) -> None:
        assert write.objection({field: value}, facets[of]) is None

    @pytest.mark.parametrize(
        ("of", "field", "value", "words"),
        [
            (
                PROFILE,
                "securityMode",
                "Encripted",
                "must be one of 'Authenticated', 'Encrypted', 'Non Secure', not 'Encripted'",
            ),
            (PROFILE, "incomingPort", "x", "must be a whole number"),
            (TRUNK, "srtpAllowed", "True", "must be true or false"),
            (TRUNK, "srtpAlowed", "true", "there is no field srtpAlowed, but srtpAllowed"),
            (TRUNK, "externalPresentationInfo", "x", "has fields of its own"),
            (TRUNK, "description", "x" * 129, "may have 128 characters, not 129"),
            (TRUNK, "destinations", "10.0.0.1:99999", "must be ADDRESS:PORT"),
            (TRUNK, "destinations", ",".join(f"10.0.0.{n}" for n in range(17)), "16 peers at most"),
        ],
    )
    def test_one(self, facets: Facets, of: str, field: str, value: str, words: str) -> None:
        assert words in (write.objection({field: value}, facets[of]) or "")

    def test_all_of_them_at_once(self, facets: Facets) -> None:
        said = write.objection({"srtpAllowed": "yes", "sigDigits": "x"}, facets[TRUNK]) or ""
        assert "srtpAllowed" in said and "sigDigits" in said

    def test_every_default_of_the_schema_is_without(self, facets: Facets) -> None:
        for fields in facets.values():
            defaults = {name: facet.default for name, facet in fields.items() if facet.default is not None}
            assert write.objection(defaults, fields) is None

    def test_what_is_required_besides_is_known_to_the_schema(self, facets: Facets) -> None:
        for of, fields in write.REQUIRED.items():
            assert write.objection(fields, facets[of]) is None


class TestArguments:
    def test_an_empty_text_is_nil_where_the_schema_allows_that_and_the_default_where_not(self, facets: Facets) -> None:
        made = write.arguments(
            {"callingSearchSpaceName": "", "description": "", "sipPrivacy": "", "srtpAllowed": ""}, facets[TRUNK]
        )
        assert made["callingSearchSpaceName"] is NULL
        assert (made["sipPrivacy"], made["srtpAllowed"]) == ("Default", "false")
        assert made["description"] in ("", NULL)

    def test_a_route_pattern_leads_to_a_gateway(self, facets: Facets) -> None:
        made = write.arguments(
            {"pattern": "9.!", "gatewayName": "trunk", "routeListName": "", "dialPlanName": ""}, facets[PATTERN]
        )
        assert made == {"pattern": "9.!", "destination": {"gatewayName": "trunk"}, "dialPlanName": NULL}

    def test_destinations_are_numbered(self, facets: Facets) -> None:
        made = write.arguments({"destinations": "10.0.0.1:5061, [2001:db8::1]"}, facets[TRUNK])
        assert made["destinations"]["destination"] == [
            {"addressIpv4": "10.0.0.1", "port": "5061", "sortOrder": "1"},
            {"addressIpv6": "2001:db8::1", "port": "5060", "sortOrder": "2"},
        ]

    def test_what_was_written_is_read_back(self, facets: Facets) -> None:
        stated = {"name": "x", "destinations": "10.0.0.2:5061, 10.0.0.1:5062", "srtpAllowed": "true", "gatewayName": "g"}
        assert read.settings_of(write.arguments(stated, facets[TRUNK])) == stated
