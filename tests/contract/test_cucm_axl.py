"""The simulated AXL on real sockets: statuses, faults, versions, and what each operation does."""

from collections.abc import Iterator

import pytest

from support.cluster import PROFILE, TRUNK, ClusterScene, running_cluster
from trunkline.twin.cucm.web.access import AxlUser
from trunkline.twin.lab.spec import AXL_USER

WITH_TAGS = "<returnedTags><name/></returnedTags>"
ALL = "<searchCriteria><name>%</name></searchCriteria>"
ADD_PROFILE = "<sipTrunkSecurityProfile>{}</sipTrunkSecurityProfile>"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterScene]:
    with running_cluster(tmp_path_factory.mktemp("axl")) as scene:
        yield scene


@pytest.fixture
def scene(shared: ClusterScene) -> ClusterScene:
    """The shared cluster, emptied of what an earlier test made."""
    for operation in ("removeSipTrunk", "removeSipTrunkSecurityProfile"):
        name = "yohur" if operation == "removeSipTrunk" else "yohur-profile"
        shared.axl(operation, f"<name>{name}</name>")
    return shared


def add_profile(scene: ClusterScene, fields: str = PROFILE) -> tuple[str, str, str]:
    answer = scene.axl("addSipTrunkSecurityProfile", ADD_PROFILE.format(fields))
    return answer.fault if answer.status == 500 else ("", "", answer.values("return")[0])


class TestWhoMayAsk:
    def test_a_wrong_password_is_401(self, scene: ClusterScene) -> None:
        assert scene.axl("getCCMVersion", auth=(AXL_USER[0], "wrong")).status == 401

    def test_no_credentials_are_401(self, scene: ClusterScene) -> None:
        assert scene.axl("getCCMVersion", auth=None).status == 401

    def test_a_reader_reads_and_gets_401_for_a_write(self, scene: ClusterScene) -> None:
        scene.do(lambda: scene.cluster.axl_users.users.update(reader=AxlUser("r", "read-only")))
        assert scene.axl("getCCMVersion", auth=("reader", "r")).status == 200
        assert scene.axl("resetSipTrunk", "<name>yohur</name>", auth=("reader", "r")).status == 401

    def test_a_user_without_a_role_gets_403(self, scene: ClusterScene) -> None:
        scene.do(lambda: scene.cluster.axl_users.users.update(nobody=AxlUser("n", "none")))
        assert scene.axl("getCCMVersion", auth=("nobody", "n")).status == 403

    def test_the_cookie_of_a_login_is_enough_until_the_session_ends_then_404(self, scene: ClusterScene) -> None:
        session = scene.https("cucm-pub")
        assert scene.axl("getCCMVersion", session=session).status == 200
        assert "JSESSIONIDSSO" in session.cookies
        assert scene.axl("getCCMVersion", session=session, auth=None).status == 200
        scene.do(scene.cluster.axl_users.end_sessions)
        assert scene.axl("getCCMVersion", session=session, auth=None).status == 404
        assert scene.axl("getCCMVersion", session=session).status == 200

    def test_the_banner_needs_a_login_and_the_slash(self, scene: ClusterScene) -> None:
        session, base = scene.https("cucm-pub"), f"https://{scene.address('cucm-pub')}:8443"
        assert session.get(f"{base}/axl", auth=AXL_USER).status_code == 404
        assert session.get(f"{base}/axl/").status_code == 401
        assert "AXL Web Service" in session.get(f"{base}/axl/", auth=AXL_USER).text

    def test_everybody_may_ask_for_the_version(self, scene: ClusterScene) -> None:
        answer = scene.https("cucm-sub1").get(f"https://{scene.address('cucm-sub1')}:8443/cucm-uds/version")
        assert "<version>14.0.1</version>" in answer.text


class TestVersions:
    @pytest.mark.parametrize("version", ["14.0", "12.5"])
    def test_a_14_speaks_its_own_version_and_those_before(self, scene: ClusterScene, version: str) -> None:
        assert scene.axl("getCCMVersion", version=version).values("version") == ["14.0.1.13900(155)"]

    @pytest.mark.parametrize("version", ["15.0", "10.0"])
    def test_any_other_is_599_with_the_list(self, scene: ClusterScene, version: str) -> None:
        answer = scene.axl("getCCMVersion", version=version)
        assert answer.status == 599
        assert "Incorrect axl version. Supported axl versions: 11.0,11.5,12.0,12.5,14.0" in answer.text

    def test_header_and_body_must_agree_on_version_and_operation(self, scene: ClusterScene) -> None:
        body = (
            '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
            '<n:getCCMVersion xmlns:n="http://www.cisco.com/AXL/API/12.5"/></e:Body></e:Envelope>'
        )
        assert scene.post(body, "CUCM:DB ver=14.0 getCCMVersion").status_code == 500
        assert scene.post(body, "CUCM:DB ver=12.5 getSipTrunk").status_code == 500
        assert scene.post(body, "CUCM:DB ver=12.5 getCCMVersion").status_code == 200


class TestSchema:
    def test_a_python_boolean_is_refused(self, scene: ClusterScene) -> None:
        port = "<incomingPort>5061</incomingPort>"
        for word, code in (("True", "5000"), ("true", "")):
            fields = PROFILE.replace(port, port + f"<allowReplaceHeader>{word}</allowReplaceHeader>")
            assert add_profile(scene, fields)[1] == code

    def test_elements_must_come_in_the_order_of_the_schema(self, scene: ClusterScene) -> None:
        port = "<incomingPort>5061</incomingPort>"
        assert add_profile(scene, port + PROFILE.replace(port, ""))[1] == "5000"

    def test_a_value_that_no_enumeration_holds_is_refused_although_the_xsd_lets_it_pass(self, scene: ClusterScene) -> None:
        _, code, message = add_profile(scene, PROFILE.replace("Encrypted", "Bogus"))
        assert (code, message) == ("5007", "Item not valid: The specified Bogus was not found")

    def test_a_text_may_not_be_too_long(self, scene: ClusterScene) -> None:
        assert add_profile(scene, PROFILE.replace("yohur-profile", "x" * 76))[1] == "5000"

    def test_a_list_needs_a_criterion_and_tags(self, scene: ClusterScene) -> None:
        assert scene.axl("listSipTrunk", "<searchCriteria/>" + WITH_TAGS).fault[1] == "5000"
        assert scene.axl("listSipTrunk", ALL).fault[1] == "5000"
        assert scene.axl("listSipTrunk", ALL + WITH_TAGS).status == 200

    def test_the_toolkit_holds_the_genuine_schema(self, scene: ClusterScene) -> None:
        url = f"https://{scene.address('cucm-pub')}:8443/plugins/axlsqltoolkit.zip"
        assert scene.https("cucm-pub").get(url).status_code == 401
        answer = scene.https("cucm-pub").get(url, auth=AXL_USER)
        assert answer.content.startswith(b"PK") and b"schema/12.5/AXLAPI.wsdl" in answer.content


class TestFaults:
    def test_what_is_missing_is_5007(self, scene: ClusterScene) -> None:
        for operation in ("getSipTrunk", "removeSipTrunk", "resetSipTrunk"):
            fault = scene.axl(operation, "<name>T1</name>").fault
            assert fault == ("soapenv:Server", "5007", "Item not valid: The specified T1 was not found")

    def test_a_foreign_key_that_leads_nowhere_is_5007_too(self, scene: ClusterScene) -> None:
        fault = scene.axl("addSipTrunk", f"<sipTrunk>{TRUNK}</sipTrunk>").fault
        assert fault == ("soapenv:Server", "5007", "Item not valid: The specified yohur-profile was not found")

    def test_a_name_that_is_taken_is_minus_239_of_the_client(self, scene: ClusterScene) -> None:
        assert add_profile(scene)[0] == ""
        code, number, message = add_profile(scene)
        assert (code, number) == ("soapenv:Client", "-239") and "duplicate value in a UNIQUE INDEX" in message

    def test_what_is_in_use_cannot_be_removed(self, scene: ClusterScene) -> None:
        scene.make_trunk()
        assert scene.axl("removeSipTrunkSecurityProfile", "<name>yohur-profile</name>").fault[1] == "-692"

    def test_standard_profiles_can_be_read_and_not_edited(self, scene: ClusterScene) -> None:
        assert scene.axl("getSipProfile", "<name>Standard SIP Profile</name>").status == 200
        edit = "<name>Standard SIP Profile</name><description>x</description>"
        assert scene.axl("updateSipProfile", edit).fault[1] == "5003"

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("<outgoingTransport>TLS", "<outgoingTransport>TCP"),
            ("<securityMode>Encrypted", "<securityMode>Non Secure"),
            ("<incomingPort>5061", "<incomingPort>70000"),
        ],
    )
    def test_mode_transport_and_port_must_fit(self, scene: ClusterScene, before: str, after: str) -> None:
        assert add_profile(scene, PROFILE.replace(before, after))[1] == "5003"

    def test_a_name_and_port_belong_to_one_trunk(self, scene: ClusterScene) -> None:
        scene.make_trunk()
        second = PROFILE.replace("yohur-profile", "second")
        assert add_profile(scene, second)[0] == ""  # no trunk uses it yet
        trunk = TRUNK.replace("<name>yohur<", "<name>second<").replace("yohur-profile", "second")
        try:
            assert scene.axl("addSipTrunk", f"<sipTrunk>{trunk}</sipTrunk>").fault[1] == "5003"
            scene.axl("updateSipTrunkSecurityProfile", "<name>second</name><incomingPort>5071</incomingPort>")
            assert scene.axl("addSipTrunk", f"<sipTrunk>{trunk}</sipTrunk>").status == 200
        finally:
            scene.axl("removeSipTrunk", "<name>second</name>")
            scene.axl("removeSipTrunkSecurityProfile", "<name>second</name>")

    def test_a_subscriber_does_not_write(self, scene: ClusterScene) -> None:
        assert scene.axl("getCCMVersion", node="cucm-sub1").status == 200
        assert scene.axl("removeSipTrunk", "<name>T1</name>", node="cucm-sub1").fault[1] == "5003"

    def test_a_refused_update_changes_nothing(self, scene: ClusterScene) -> None:
        add_profile(scene)
        edit = "<name>yohur-profile</name><description>new</description><incomingTransport>UDP</incomingTransport>"
        assert scene.axl("updateSipTrunkSecurityProfile", edit).fault[1] == "5003"
        shown = scene.axl("getSipTrunkSecurityProfile", "<name>yohur-profile</name>")
        assert "<description>new" not in shown.text and "<incomingTransport>TLS" in shown.text


class TestThrottling:
    def test_writes_are_503_while_too_many_wait_and_reads_are_not(self, scene: ClusterScene) -> None:
        scene.do(lambda: setattr(scene.cluster.database.writes, "longest", 0))
        try:
            assert scene.axl("removeSipTrunk", "<name>T1</name>").status == 503
            assert scene.axl("getCCMVersion").status == 200
        finally:
            scene.do(lambda: setattr(scene.cluster.database.writes, "longest", 500))

    def test_too_large_an_answer_is_refused_with_a_better_number(self, scene: ClusterScene) -> None:
        service = scene.cluster.services["cucm-pub"]
        scene.do(lambda: setattr(service, "answer_limit_bytes", 600))
        try:
            fault = scene.axl("listSipProfile", ALL + "<returnedTags/>").fault
        finally:
            scene.do(lambda: setattr(service, "answer_limit_bytes", 8 * 2**20))
        assert fault[1] == "-1" and "Total rows matched: 2 rows. Suggestive Row Fetch: less than 1 rows" in fault[2]

    def test_memory_can_run_out(self, scene: ClusterScene) -> None:
        scene.do(lambda: setattr(scene.cluster.faults, "axl_out_of_memory_count", 1))
        assert scene.axl("getCCMVersion").fault[2].startswith("Maximum AXL Memory Allocation Consumed")
        assert scene.axl("getCCMVersion").status == 200


class TestAnswers:
    def test_writes_answer_an_upper_case_uuid_in_braces_by_which_the_object_is_found(self, scene: ClusterScene) -> None:
        uuid = add_profile(scene)[2]
        assert uuid.startswith("{") and uuid.endswith("}") and uuid == uuid.upper()
        found = scene.axl("getSipTrunkSecurityProfile", f"<uuid>{uuid.lower()}</uuid>")
        assert found.values("name") == ["yohur-profile"]

    def test_a_null_foreign_key_is_an_empty_uuid_since_14_and_nil_before(self, scene: ClusterScene) -> None:
        scene.make_trunk()
        get = ("getSipTrunk", "<name>yohur</name>")
        assert '<callingSearchSpaceName uuid=""/>' in scene.axl(*get).text
        scene.do(lambda: scene.cluster.upgrade("12.5.1.11900(146)"))
        try:
            key = scene.axl(*get).tree.find(".//callingSearchSpaceName")
        finally:
            scene.do(lambda: scene.cluster.upgrade("14.0.1.13900(155)"))
        assert key is not None and dict(key.attrib) == {"{http://www.w3.org/2001/XMLSchema-instance}nil": "true"}

    def test_a_foreign_key_bears_the_uuid_of_what_it_names(self, scene: ClusterScene) -> None:
        scene.make_trunk()
        profile = scene.axl("getSipTrunkSecurityProfile", "<name>yohur-profile</name>").tree.find(".//sipTrunkSecurityProfile")
        key = scene.axl("getSipTrunk", "<name>yohur</name>").tree.find(".//securityProfileName")
        assert profile is not None and key is not None and key.get("uuid") == profile.get("uuid")

    def test_the_version_stamp_changes_with_every_write(self, scene: ClusterScene) -> None:
        scene.make_trunk()
        stamps = set()
        for text in ("a", "b"):
            scene.axl("updateSipTrunk", f"<name>yohur</name><description>{text}</description>")
            stamps |= set(scene.axl("getSipTrunk", "<name>yohur</name>").values("versionStamp"))
        assert len(stamps) == 2

    def test_listed_trunks_have_no_destinations(self, scene: ClusterScene) -> None:
        scene.make_trunk()
        tags = "<returnedTags><name/><description/></returnedTags>"
        assert scene.axl("listSipTrunk", ALL + tags).values("addressIpv4") == []
        assert scene.axl("getSipTrunk", "<name>yohur</name>").values("addressIpv4") == ["10.72.86.86"]

    def test_rows_come_in_windows(self, scene: ClusterScene) -> None:
        names = [
            scene.axl("listSipProfile", f"{ALL}{WITH_TAGS}<skip>{n}</skip><first>1</first>").values("name") for n in (0, 1, 2)
        ]
        assert names == [["Standard SIP Profile"], ["Standard SIP Profile For Cisco VCS"], []]

    def test_destinations_are_replaced_whole_or_edited(self, scene: ClusterScene) -> None:
        scene.make_trunk()
        one = "<destination><addressIpv4>{}</addressIpv4><port>5061</port><sortOrder>2</sortOrder></destination>"
        for edit, expected in (
            ("<addDestinations>{}</addDestinations>", ["10.72.86.86", "10.0.0.1"]),
            ("<removeDestinations>{}</removeDestinations>", ["10.72.86.86"]),
            ("<destinations>{}</destinations>", ["10.0.0.1"]),
        ):
            answer = scene.axl("updateSipTrunk", "<name>yohur</name>" + edit.format(one.format("10.0.0.1")))
            assert answer.status == 200, answer.text
            assert scene.axl("getSipTrunk", "<name>yohur</name>").values("addressIpv4") == expected

    def test_process_nodes_with_the_pseudo_node(self, scene: ClusterScene) -> None:
        tags = "<returnedTags><name/><nodeUsage/></returnedTags>"
        listed = scene.axl("listProcessNode", ALL + tags)
        assert listed.values("name") == ["EnterpriseWideData", "10.72.86.74", "10.72.86.75", "10.72.86.76"]
        one = scene.axl("getProcessNode", "<name>10.72.86.75</name>")
        assert one.values("nodeUsage") == ["Subscriber"]

    def test_a_renamed_profile_keeps_its_trunks(self, scene: ClusterScene) -> None:
        scene.make_trunk()
        scene.axl("updateSipTrunkSecurityProfile", "<name>yohur-profile</name><newName>renamed</newName>")
        assert scene.axl("getSipTrunk", "<name>yohur</name>").values("securityProfileName") == ["renamed"]
        scene.axl("updateSipTrunkSecurityProfile", "<name>renamed</name><newName>yohur-profile</newName>")


class TestChanges:
    OBJECTS = "<objectList><object>SipTrunk</object><object>SipTrunkSecurityProfile</object></objectList>"

    def start(self, scene: ClusterScene) -> str:
        first = scene.axl("listChange", self.OBJECTS)
        (queue,), (number,) = first.values("queueId"), first.values("nextStartChangeId")
        return f'<startChangeId queueId="{queue}">{number}</startChangeId>'

    def test_every_write_is_told_once(self, scene: ClusterScene) -> None:
        start = self.start(scene)
        scene.make_trunk()
        scene.axl("removeSipTrunk", "<name>yohur</name>")
        told = scene.axl("listChange", start + self.OBJECTS)
        kinds = [change.get("type") for change in told.tree.iter("change")]
        assert list(zip(kinds, told.values("action"), strict=True)) == [
            ("SipTrunkSecurityProfile", "a"),
            ("SipTrunk", "a"),
            ("SipTrunk", "r"),
        ]

    def test_more_than_a_page_is_announced(self, scene: ClusterScene) -> None:
        start = self.start(scene)
        scene.make_trunk()
        scene.do(lambda: setattr(scene.cluster.database.changes, "page_size", 1))
        try:
            told = scene.axl("listChange", start + self.OBJECTS)
        finally:
            scene.do(lambda: setattr(scene.cluster.database.changes, "page_size", 1000))
        assert len(told.values("action")) == 1
        assert int(told.values("lastChangeId")[0]) >= int(told.values("nextStartChangeId")[0])

    def test_a_restart_of_axl_begins_another_queue(self, scene: ClusterScene) -> None:
        start = self.start(scene)
        scene.do(scene.cluster.restart_axl)
        answer = scene.axl("listChange", start + self.OBJECTS)
        assert answer.fault[1] == "5007" and "queueId" in answer.fault[2]
        assert ":axlError" in answer.text  # this answer has a namespace, the others have not
