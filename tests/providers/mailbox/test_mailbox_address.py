"""Credentials become one URL and back; hosts and ports that are not mail's are told from those that are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.errors import ConfigurationError
from leadgen.providers.mailbox.address import Unusable, check_server, files_sent_mail, key_of, server_of

CREDENTIALS = {"host": "mail.tenant.com", "username": "sam@tenant.com", "password": "s3cret"}


@pytest.mark.parametrize(
    ("protocol", "changes", "scheme", "port"),
    [
        ("smtp", {}, "smtps", 465),
        ("smtp", {"security": "starttls"}, "smtp", 587),
        ("smtp", {"security": "tls", "port": "2525"}, "smtps", 2525),
        ("imap", {}, "imaps", 993),
        ("imap", {"security": "starttls"}, "imap", 143),
    ],
)
def test_a_key_says_how_the_server_is_reached(protocol: str, changes: dict[str, str], scheme: str, port: int) -> None:
    key = key_of(protocol, {**CREDENTIALS, **changes})  # type: ignore[arg-type]

    assert key == f"{scheme}://sam%40tenant.com:s3cret@mail.tenant.com:{port}"


@given(st.text(min_size=1).filter(str.isprintable), st.text(min_size=1).filter(str.isprintable))
def test_names_and_passwords_come_through_whatever_is_in_them(username: str, password: str) -> None:
    server = server_of(key_of("smtp", {**CREDENTIALS, "username": username, "password": password}), "smtp", "")

    assert (server.username, server.password, server.host, server.port) == (username, password, "mail.tenant.com", 465)


@pytest.mark.parametrize("changes", [{"host": ""}, {"password": ""}, {"security": "none"}])
def test_incomplete_credentials_are_not_a_key(changes: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        key_of("imap", {**CREDENTIALS, **changes})
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "key",
    [
        "https://sam:s3cret@mail.tenant.com",
        "imaps://sam:s3cret@mail.tenant.com",
        "smtps://sam@mail.tenant.com",
        "smtps://sam:s3%0d%0acret@mail.tenant.com",
        "smtps://sam:s3cret@mail.tenant.com:port",
        "smtps://sam:s3cret@[mail.tenant.com",
        "sandbox",
    ],
)
def test_a_key_that_is_no_mailboxs_is_not_used_or_quoted(key: str) -> None:
    with pytest.raises(Unusable) as refused:
        server_of(key, "smtp", "")
    assert "s3" not in str(refused.value)


def test_a_name_of_the_sandbox_is_a_mailbox_there() -> None:
    server = server_of("sandbox-7", "imap", "imap://127.0.0.1:8143")

    assert (server.host, server.port, server.username, server.password) == (
        "mail.example",
        143,
        "sandbox-7@mailbox.example",
        "sandbox-7",
    )


def test_nothing_that_is_printed_holds_the_credentials() -> None:
    shown = repr(server_of(key_of("smtp", CREDENTIALS), "smtp", ""))

    assert "s3cret" not in shown
    assert "sam@" not in shown


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("127.0.0.1", 587),
        ("localhost", 587),
        ("10.0.0.1", 587),
        ("169.254.169.254", 587),
        ("::1", 587),
        ("0x7f000001", 587),
        ("mail.tenant.com", 22),
        ("mail.tenant.com", 8100),
        ("mail.tenant.com", 993),
    ],
)
def test_only_mails_ports_on_public_hosts_are_connected_to(host: str, port: int) -> None:
    server = server_of(key_of("smtp", {**CREDENTIALS, "host": host, "port": str(port)}), "smtp", "")

    with pytest.raises(Unusable):
        check_server(server)


def test_international_hosts_are_asked_for_in_ascii() -> None:
    assert (
        server_of(key_of("smtp", {**CREDENTIALS, "host": "mail.bücher.de"}), "smtp", "").host == "mail.xn--bcher-kva.de"
    )


def test_who_files_sent_mail_is_known_for_the_big_providers_only() -> None:
    assert files_sent_mail("SMTP.gmail.com")
    assert not files_sent_mail("mail.tenant.com")
