"""The certificate is checked against the host's name, though the connection goes to an address."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from loopback_internet import Internet, html, loopback_internet, redirect


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of smile.com with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "smile.com")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("smile.com")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "smile.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


@pytest.fixture
async def secure_internet(certificate: Path) -> AsyncIterator[Internet]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with loopback_internet(context) as running:
        yield running


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


async def test_a_site_with_a_certificate_of_its_name_is_read(
    secure_internet: Internet, trusting: ssl.SSLContext
) -> None:
    secure_internet.page("smile.com/", html("hello"))
    async with secure_internet.fetcher(tls=trusting) as fetcher:
        fetched = await fetcher.fetch("https://smile.com/")

    assert (fetched.status, fetched.final_url) == (200, "https://smile.com/")


async def test_a_certificate_of_another_name_is_refused(secure_internet: Internet, trusting: ssl.SSLContext) -> None:
    secure_internet.page("other.com/", html("hello"))
    async with secure_internet.fetcher(tls=trusting) as fetcher:
        fetched = await fetcher.fetch("https://other.com/")

    assert fetched.reason == "tls"
    assert secure_internet.requests == []


async def test_a_certificate_that_nobody_vouches_for_is_refused(secure_internet: Internet) -> None:
    secure_internet.page("smile.com/", html("hello"))
    async with secure_internet.fetcher() as fetcher:
        assert (await fetcher.fetch("https://smile.com/")).reason == "tls"


async def test_a_port_that_does_not_speak_tls_is_refused(secure_internet: Internet, trusting: ssl.SSLContext) -> None:
    secure_internet.page("smile.com/", redirect("https://smile.com:80/"))
    async with secure_internet.fetcher(tls=trusting) as fetcher:
        assert (await fetcher.fetch("http://smile.com/")).reason in {"tls", "connection"}
