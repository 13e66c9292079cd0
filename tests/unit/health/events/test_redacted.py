"""No secret of a command that was typed, however it is shortened."""

import pytest

from trunkline.health.events.redacted import command_without_secrets, line_without_secrets

SECRET = "hunter2"


@pytest.mark.parametrize(
    "command",
    [
        "username bob secret 0 hunter2",
        "username bob password hunter2",
        "usern bob pa hunter2",
        "no username bob secret hunter2",
        "enable secret hunter2",
        "ena sec 0 hunter2",
        "enable algorithm-type scrypt secret hunter2",
        "snmp-server community hunter2 RO",
        "snmp-server host 10.0.0.1 version 2c hunter2",
        "snmp-server user u g v3 auth sha hunter2 priv aes 128 hunter2",
        "snmp-s com hunter2",
        "tacacs-server key hunter2",
        "radius-server host 10.0.0.1 key hunter2",
        "key hunter2",
        "key 7 hunter2",
        "key-string hunter2",
        "key config-key password-encrypt hunter2",
        "crypto isakmp key hunter2 address 0.0.0.0",
        "crypto key export rsa K pem terminal 3des hunter2",
        "crypto pki export T pem terminal 3des hunter2",
        "crypto pki import T pem terminal password hunter2",
        "crypto pki export T pkcs12 flash: password hunter2",
        "password hunter2",
        "pass 0 hunter2",
        "authentication username bob password hunter2",
        "credentials number 1 username bob password hunter2 realm r",
        "ntp authentication-key 1 md5 hunter2",
        "ip ospf authentication-key hunter2",
        "ip ospf message-digest-key 1 md5 hunter2",
        "neighbor 10.0.0.1 password hunter2",
        "ppp chap password 0 hunter2",
        "pre-shared-key local hunter2",
        "server-private 10.0.0.1 key hunter2",
        "wpa-psk ascii 0 hunter2",
        "standby 1 authentication hunter2",
        "enrollment url http://bob:hunter2@ca.example.com:80",
        "archive log $9$hunter2/abc",
        "set $1$hunter2",
    ],
)
def test_what_follows_a_word_that_announces_a_secret_is_not_kept(command: str) -> None:
    assert SECRET not in command_without_secrets(command)
    assert SECRET not in line_without_secrets(f"%PARSER-5-CFGLOG_LOGGEDCMD: User:bob  logged command:{command}")


@pytest.mark.parametrize(
    "command",
    [
        "dial-peer voice 100 voip",
        "session target ipv4:10.72.86.74:5061",
        "no srtp",
        "srtp fallback",
        "crypto signaling default trustpoint sip-trunk-cert",
        "crypto 1 AEAD_AES_256_GCM",
        "crypto key generate rsa general-keys modulus 2048 label K",
        "crypto key zeroize rsa K",
        "description trunk to seoul",
        "voice class codec 10",
        "subject-name cn=cube.example.com",
        "enrollment url http://ca.example.com:80",
    ],
)
def test_what_no_secret_can_follow_is_kept_whole(command: str) -> None:
    assert command_without_secrets(command) == command


def test_what_a_device_says_by_itself_keeps_its_words() -> None:
    said = "%PKI-3-KEY_CMP_MISMATCH: Key in the certificate and stored key does not match"
    assert line_without_secrets(said) == said
    assert SECRET not in line_without_secrets("%SNMP-3-AUTHFAIL: Authentication failure, community = hunter2")
