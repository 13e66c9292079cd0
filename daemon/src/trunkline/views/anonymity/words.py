"""Where names, numbers and people's own words stand, as tables; and words that name nobody. Pure."""

import re

_VALUE = r"((?:\\.|(?! {2}| ?[()\[\]{}])[^,+=\n\"\\;<>])+)"
"""Of a distinguished name, up to the next part of it, the next column of a table or a bracket."""
NAMING: tuple[tuple[str, str], ...] = (
    ("host", r"^hostname (\S+)"),
    ("host", r"^ip host (?:vrf \S+ )?(\S+)"),
    ("organization", rf"\b[oO]={_VALUE}"),
    ("unit", rf"\b[oO][uU]={_VALUE}"),
    ("locality", rf"\b[lL]={_VALUE}"),
    ("state", rf"\b[sS][tT]={_VALUE}"),
    ("user", r"\busername (?!env:|file:)(\S+)"),
    ("user", r"\b(?:sent-username|xml user|snmp-server user) (\S+)"),
    ("user", r"(?:^! (?:Last configuration|NVRAM).* by |\bUser:|^by |\bConfigured from .* by )(\S+)"),
    ("trustpoint", r"\bcrypto pki (?:trustpoint|certificate chain) (\S+)"),
    ("trustpoint", r"^\s*(?:identity: *\{.*?)?trustpoint: [\"']?([^\"'\s,}#]+)"),
    ("keypair", r"\b(?:rsakeypair|eckeypair) (\S+)"),
    ("keypair", r"^Key name: (\S+)"),
    ("vrf", r"\b(?:vrf definition|vrf forwarding|ip vrf forwarding|ip vrf|vrf) ([A-Za-z]\S*)"),
    ("list", r"\b(?:ip|ipv6) access-list (?:standard |extended )?([A-Za-z]\S*)"),
    ("list", r"\bobject-group (?:network|service) (\S+)"),
    ("list", r"\b(?:prefix-list|as-path access-list|community-list (?:standard |expanded )?) ?([A-Za-z]\S*)"),
    ("map", r"^(?:route-map|crypto map|policy-map|class-map(?: match-\w+)?) (\S+)"),
    ("group", r"\baaa group server \S+ (\S+)"),
    ("server", r"^(?:tacacs|radius) server (\S+)"),
    ("chain", r"^key chain (\S+)"),
    ("view", r"^(?:parser view|snmp-server view) (\S+)"),
    ("keyring", r"^crypto (?:keyring|ikev2 keyring|ikev2 profile|ipsec profile|isakmp profile) (\S+)"),
    ("rule", r"\btranslation-profile (?:incoming |outgoing )?([A-Za-z]\S*)"),
    ("pool", r"^ip (?:dhcp pool|local pool|nat pool) (\S+)"),
    ("uri", r"\bvoice class uri ([A-Za-z]\S*)"),
    ("realm", r"\brealm (\S+)"),
    ("issuer", r"^\s+([\w.-]+): ?\{? ?(?:\n\s+)?kind: "),
    ("applet", r"^event manager applet (\S+)"),
    ("trunk", r"^\s*(?:gatewayName|sipTrunkName) = (.+)$"),
    ("partition", r"^\s*routePartitionName = (.+)$"),
    ("partition", r"\bpartition: [\"']?([^\"'\n,}]+)"),
    ("pool", r"^\s*devicePoolName = (.+)$"),
    ("pool", r"\bdevice_pool: [\"']?([^\"'\n,}]+)"),
    ("location", r"^\s*locationName = (.+)$"),
    ("location", r"\blocation: [\"']?([^\"'\n,}]+)"),
    ("space", r"^\s*\w*(?:[sS]earchSpaceName|[cC]ss\w*Name) = (.+)$"),
    ("list", r"^\s*(?:mediaResourceListName|routeListName|routeFilterName|scriptName|sipTrunkGroupName) = (.+)$"),
)
"""What is named, and where its name stands: commands of IOS, fields of AXL as the bundle writes them, fields of documents."""

DOMAINS = (
    r"\bip domain[ -]name (?:vrf \S+ )?(\S+)",
    r"\bdns:([A-Za-z0-9.-]+)",
    r"://(?:[^\s/@]*@)?([A-Za-z0-9.-]+)",
    r"@([A-Za-z0-9-]+\.[A-Za-z0-9.-]+)",
    r"\bfqdn:? ([A-Za-z0-9.-]+)",
    r"\bsubject-alt-name ([A-Za-z0-9.,-]+)",
    r"\bcn=([A-Za-z0-9.*-]+)",
    r"\bcn-san \d+ ([A-Za-z0-9.*-]+)",
    r"\bip host (\S+)",
    r"^ntp server ([A-Za-z]\S*)",
)
"""Where DNS names stand, beside certificates."""

_BEFORE = (
    r"(?:route-pattern|destination-pattern|incoming called-number|answer-address|calling-number|credentials number|number"
    r"|e164|prefix|user-id|destination_pattern:|incoming_called_number:|pattern:|pattern =|called-number"
    r"|network-number|second-number|secondary|connection (?:plar(?: opx)?|trunk|tie-line)|voicemail|transfer-pattern"
    r"|call-forward (?:b2bua )?(?:all|busy|noan|mailbox|night-service|unregistered)|(?:dialplan-pattern|speed-dial) \d+)"
    r"\s+[\"']?"
)
_RULE, _PAIR = r"rule\s+\d+\s+(?:reject\s+)?(?=/)", r"num-exp\s+"
_ONE = r"(?!(?:\d+\.){3}\d+(?![\w.]))(?=[^\s\"',}@]*\d)[\d*#+.\[\]^()\\$?%!|&/A-Da-dTtXx-]++(?!\w)"  # no address, no name
_SLASHED = r"/(?:\\.|[^/\nE-Ze-z\\])*/"
NUMBERED = rf"(?:{_BEFORE}|{_RULE}|{_PAIR})"
"""What stands in front of numbers that people dial."""
DIALLED = rf"(?:{_BEFORE}{_ONE}|{_RULE}{_SLASHED}(?:\s+{_SLASHED})?|{_PAIR}{_ONE}(?:\s+{_ONE})?)"
"""That, and such a number or two: of a translation rule what it matches and what it makes, of an expansion the same."""

SAID_HEAD = r"\b(?:description|remark|station-id name)\"?(?:=| = |: | )[\"']?"
SAID = rf"{SAID_HEAD}(?!<removed>)[^\"'`\n]*[^\"'`,\s]"
"""A person's own words, which may say anything; in commands, fields and documents."""
OWN_WORDS_IN_COMMANDS = re.compile(
    r"^(\s*(?:snmp-server (?:contact|location|chassis-id)|contact-email-addr|street-address|name|label|alias \S+) )\S"
)
OWN_WORDS_IN_DOCUMENTS = re.compile(r"^((?:\s*|.*\s)#(?! yaml-language-server)|\s*reason: ) *\S")
"""A comment, and the reason of a waiver. What stands behind the group goes."""
BANNER = re.compile(r"^(?P<kept>banner \S+ )(?P<sign>\^C|\S)(?P<text>.*)$")

PUBLIC_DOMAINS = frozenset({
    "cisco.com", "webex.com", "microsoft.com", "ietf.org", "w3.org", "letsencrypt.org", "digicert.com", "globalsign.com",
    "sectigo.com", "entrust.net", "amazontrust.com", "twilio.com", "google.com", "apple.com", "ntp.org", "python.org",
})  # fmt: skip
"""Domains of vendors: that a trunk leads to one of them tells nobody's name, and matters."""

COMMON = frozenset(
    re.findall(
        r"\S+",
        """
    access acl active address admin administrator all any audio auth authentication backup bind border branch bridge call calls
    campus cert certificate chain cisco class client cluster codec config console core corp cube cucm customer data default dial
    dmz dns down edge element enterprise external extended fax gateway global group hold host hub identity in inbound incoming
    inside internal internet intranet ios ipv4 ipv6 key lab lan link list local location loopback main management map media
    mgmt mgmt-intf mgmt-vrf name net network node none null ntp office on operator out outbound outgoing outside partition peer
    permit phone pki policy pool primary private prod production profile proxy pstn pub public publisher qos realm region remote
    root router rsa sbc secondary secure security server service session sip sip-trunk site standard standby subscriber system
    tcp tenant test tls transport trunk trunkline trust trusted trustpoint tunnel udp unified up user users vlan voice voip vrf
    wan web wlan www tools pstnhub sip2 sip3 sip-all export
    hub_none sla-trustpoint cisco_idevid_sudi cisco_idevid_sudi0 nanp predot example.com phantom shadow
    line console vty aux unknown somebody removed example com
    """,
    )
)
"""Words that say nothing of whose they are; as names they stay, or every other line would change its meaning."""
