"""Handing octets to a mail server or a folder."""

import os
import socket
import ssl
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import flask_mail
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from bench.wicked_sink import open_wicked_sink
from placement.adapters import mail
from placement.adapters.messages import render_invite
from placement.config import Config
from placement.domain.errors import MailFailed
from tests.smtp_sink import Answer, Sink, drop, hang, ok, open_sink, refuse, refuse_sign_in
from tests.unit.adapters.samples import AWKWARD_TEXTS, make_details

SENDER = "placements@placement.example"
RECIPIENT = "zoe.okafor@trust.example"
NOW = datetime(2026, 12, 1, 9, 1, tzinfo=UTC)
OCTETS = render_invite(make_details(), now=NOW)


def failure_of(config: Config, octets: bytes = OCTETS, recipient: str = RECIPIENT) -> MailFailed:
    """The failure of one message sent with `config`."""
    with mail.open_courier(config) as courier, pytest.raises(MailFailed) as caught:
        courier.send(octets, SENDER, recipient)
    return caught.value


def test_the_server_receives_the_stored_octets_unchanged(smtp_config: Config, smtp_sink: Sink) -> None:
    mails = [render_invite(make_details(what_to_know=text), now=NOW) for text in AWKWARD_TEXTS]
    mails.append(OCTETS + b".\r\n..\r\n.x\r\n")
    with mail.open_courier(smtp_config) as courier:
        for octets in mails:
            courier.send(octets, SENDER, RECIPIENT)
    assert [got.octets for got in smtp_sink.received] == mails
    assert {(got.sender, got.recipients) for got in smtp_sink.received} == {(SENDER, (RECIPIENT,))}


def test_one_connection_serves_all_messages_of_a_courier(smtp_config: Config, smtp_sink: Sink) -> None:
    with mail.open_courier(smtp_config) as courier:
        for _ in range(5):
            courier.send(OCTETS, SENDER, RECIPIENT)
    assert (len(smtp_sink.received), smtp_sink.connections) == (5, 1)


def test_an_announced_message_that_is_never_sent_leaves_nothing_with_the_server(smtp_config: Config) -> None:
    with open_wicked_sink() as sink:
        with mail.open_courier(replace(smtp_config, mail_port=sink.port)) as courier:
            courier.send(OCTETS, SENDER, RECIPIENT)
            courier.announce(OCTETS, SENDER, "other@people.example")
            until = time.monotonic() + 10
            while sink.tries < 2:
                assert time.monotonic() < until
                time.sleep(0.01)
        assert len(sink.taken) == 1


def test_the_server_is_asked_anew_when_another_message_was_announced(smtp_config: Config) -> None:
    with open_wicked_sink() as sink, mail.open_courier(replace(smtp_config, mail_port=sink.port)) as courier:
        courier.send(OCTETS, SENDER, RECIPIENT)
        courier.announce(OCTETS, SENDER, "other@people.example")
        courier.check()
        courier.send(OCTETS, SENDER, RECIPIENT)
        courier.announce(OCTETS, SENDER, "other@people.example")
        with pytest.raises(MailFailed) as caught:
            courier.send(OCTETS, SENDER, RECIPIENT)
        courier.announce(OCTETS, SENDER, "no address")
        courier.send(OCTETS, SENDER, RECIPIENT)
        assert (caught.value.permanent, caught.value.unknown, caught.value.lost) == (False, False, True)
        assert [one.recipient for one in sink.taken] == [RECIPIENT] * 3


def test_messages_go_through_flask_mail_even_while_testing(smtp_config: Config, smtp_sink: Sink) -> None:
    app = Flask("tests")
    app.testing = True
    mail.init_mail(app, smtp_config)
    with app.app_context(), mail.mail.record_messages() as recorded, mail.open_courier(app) as courier:
        courier.send(OCTETS, SENDER, RECIPIENT)
    assert isinstance(recorded[0], flask_mail.Message)
    assert (recorded[0].as_bytes(), recorded[0].recipients) == (OCTETS, [RECIPIENT])
    assert len(smtp_sink.received) == 1


def test_opening_a_courier_does_not_touch_the_server(smtp_config: Config, smtp_sink: Sink) -> None:
    with mail.open_courier(smtp_config):
        pass
    assert smtp_sink.connections == 0


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "end"])
@pytest.mark.parametrize(("reply", "permanent"), [("451 Come back later", False), ("550 Not here", True)])
def test_a_refusal_is_told_with_the_servers_words_and_leaves_the_connection_in_use(
    smtp_config: Config, smtp_sink: Sink, stage: str, reply: str, permanent: bool
) -> None:
    smtp_sink.script(Answer(stage, reply))  # type: ignore[arg-type]  # the parameters are stages
    with mail.open_courier(smtp_config) as courier:
        with pytest.raises(MailFailed) as caught:
            courier.send(OCTETS, SENDER, RECIPIENT)
        courier.send(OCTETS, SENDER, "next@trust.example")
    assert (caught.value.permanent, caught.value.unknown) == (permanent, False)
    assert caught.value.reason == reply
    assert [got.recipients for got in smtp_sink.received] == [("next@trust.example",)]
    assert smtp_sink.connections == 1


def test_a_server_that_says_goodbye_is_called_again_for_the_next_message(
    smtp_config: Config, smtp_sink: Sink
) -> None:
    smtp_sink.script(ok(), refuse("mail", "421 Too many messages, goodbye"))
    with mail.open_courier(smtp_config) as courier:
        courier.send(OCTETS, SENDER, RECIPIENT)
        with pytest.raises(MailFailed, match="421") as caught:
            courier.send(OCTETS, SENDER, RECIPIENT)
        courier.send(OCTETS, SENDER, RECIPIENT)
    assert (caught.value.permanent, caught.value.unknown) == (False, False)
    assert (len(smtp_sink.received), smtp_sink.connections) == (2, 2)


@pytest.mark.parametrize("answer", [drop("mail"), drop("rcpt"), drop("data")])
def test_a_connection_lost_before_the_message_was_out_is_a_passing_failure(
    smtp_config: Config, smtp_sink: Sink, answer: Answer
) -> None:
    smtp_sink.script(answer)
    with mail.open_courier(smtp_config) as courier:
        with pytest.raises(MailFailed) as caught:
            courier.send(OCTETS, SENDER, RECIPIENT)
        courier.send(OCTETS, SENDER, RECIPIENT)
    assert (caught.value.permanent, caught.value.unknown) == (False, False)
    assert (len(smtp_sink.received), smtp_sink.connections) == (1, 2)


@pytest.mark.parametrize("answer", [drop("end"), hang("end")])
def test_an_answer_lost_after_the_final_dot_is_told_as_unknown(
    smtp_config: Config, smtp_sink: Sink, answer: Answer
) -> None:
    smtp_sink.script(answer)
    failed = failure_of(replace(smtp_config, mail_timeout=0.3))
    assert (failed.permanent, failed.unknown) == (False, True)
    assert "answer was lost" in failed.reason
    assert [got.acknowledged for got in smtp_sink.received] == [False]


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_silent_server_is_given_up_after_the_time_out(
    smtp_config: Config, smtp_sink: Sink, stage: str
) -> None:
    smtp_sink.script(Answer(stage, silent=True))  # type: ignore[arg-type]  # the parameters are stages
    failed = failure_of(replace(smtp_config, mail_timeout=0.3))
    assert (failed.permanent, failed.unknown) == (False, False)
    assert "timed out" in failed.reason


def test_a_server_that_accepts_connections_and_says_nothing_is_a_passing_failure(
    smtp_config: Config,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as dumb:
        config = replace(smtp_config, mail_timeout=0.3, mail_port=dumb.getsockname()[1])
        failed = failure_of(config)
    assert (failed.permanent, failed.unknown) == (False, False)
    assert f"127.0.0.1:{config.mail_port}" in failed.reason


def test_a_dead_server_is_a_passing_failure_of_each_message(smtp_config: Config) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with mail.open_courier(replace(smtp_config, mail_port=port)) as courier:
        for _ in range(2):
            with pytest.raises(MailFailed, match=rf"127.0.0.1:{port}.*refused") as caught:
                courier.send(OCTETS, SENDER, RECIPIENT)
            assert (caught.value.permanent, caught.value.unknown) == (False, False)


def test_a_server_that_is_gone_when_the_courier_ends_does_no_harm(
    smtp_config: Config, smtp_sink: Sink
) -> None:
    smtp_sink.script(ok(), drop("mail"))
    with mail.open_courier(smtp_config) as courier:
        courier.send(OCTETS, SENDER, RECIPIENT)
        with pytest.raises(MailFailed):
            courier.send(OCTETS, SENDER, RECIPIENT)
    assert len(smtp_sink.received) == 1


@pytest.mark.parametrize(
    "recipient",
    [
        "no-at-sign",
        "two words@trust.example",
        "josé@trust.example",
        "a@trust.example\r\nRCPT TO:<b@x.example>",
        "a@" + "x" * 260,
        "",
    ],
)
def test_an_address_that_no_server_takes_fails_for_good_before_any_connection(
    smtp_config: Config, smtp_sink: Sink, recipient: str
) -> None:
    failed = failure_of(smtp_config, recipient=recipient)
    assert (failed.permanent, failed.unknown) == (True, False)
    assert smtp_sink.connections == 0


def test_an_international_domain_is_sent_in_its_ascii_form(smtp_config: Config, smtp_sink: Sink) -> None:
    with mail.open_courier(smtp_config) as courier:
        courier.send(OCTETS, SENDER, "zoe@bücher.example")
    assert smtp_sink.received[0].recipients == ("zoe@xn--bcher-kva.example",)


def test_refused_signing_in_is_passing_so_that_no_message_is_lost_for_it(smtp_config: Config) -> None:
    with open_sink(
        authenticator=refuse_sign_in, auth_require_tls=False, auth_exclude_mechanism=["CRAM-MD5"]
    ) as sink:
        failed = failure_of(replace(smtp_config, mail_port=sink.port, mail_username="u", mail_password="p"))
    assert (failed.permanent, failed.unknown) == (False, False)
    assert "user name or password refused" in failed.reason


def test_a_server_that_wants_signing_in_first_is_a_passing_failure(
    smtp_config: Config, smtp_sink: Sink
) -> None:
    smtp_sink.script(refuse("mail", "530 Authentication required"))
    assert not failure_of(smtp_config).permanent


@pytest.mark.parametrize(
    ("told", "server", "port", "used"),
    [
        ("auto", "127.0.0.1", 25, "off"),
        ("auto", "localhost", 25, "off"),
        ("auto", "::1", 2525, "off"),
        ("auto", "127.0.0.1", 465, "implicit"),
        ("auto", "relay.example", 465, "implicit"),
        ("auto", "relay.example", 587, "starttls"),
        ("auto", "relay.example", 25, "starttls"),
        ("starttls", "127.0.0.1", 25, "starttls"),
        ("implicit", "relay.example", 25, "implicit"),
        ("off", "relay.example", 25, "off"),
    ],
)
def test_tls_is_required_unless_the_server_is_this_machine_or_it_is_switched_off(
    smtp_config: Config, told: str, server: str, port: int, used: str
) -> None:
    app = Flask("tests")
    settings = {"mail_tls": told, "mail_server": server, "mail_port": port}
    mail.init_mail(app, replace(smtp_config, **settings))  # type: ignore[arg-type]  # a mixed mapping
    assert app.config["MAIL_USE_TLS"] == (used == "starttls")
    assert app.config["MAIL_USE_SSL"] == (used == "implicit")


def test_a_server_without_starttls_gets_nothing_in_clear(smtp_config: Config, smtp_sink: Sink) -> None:
    failed = failure_of(replace(smtp_config, mail_tls="starttls"))
    assert (failed.permanent, failed.unknown) == (False, False)
    assert "STARTTLS" in failed.reason
    assert smtp_sink.tries == 0


@contextmanager
def tls_sink(folder: Path, kind: str, address: str = "127.0.0.1") -> Iterator[Sink]:
    """A sink with a certificate of its own making, stored as ``certificate.pem`` in `folder`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(make_certificate(folder, address), folder / "key.pem")
    with (
        open_sink(implicit_tls=context)
        if kind == "implicit"
        else open_sink(tls_context=context, require_starttls=True)
    ) as sink:
        yield sink


def make_certificate(folder: Path, address: str) -> Path:
    """A self-signed certificate for `address`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, address)])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    path = folder / "certificate.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize("kind", ["implicit", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    smtp_config: Config, tmp_path: Path, kind: str
) -> None:
    with tls_sink(tmp_path, kind) as sink:
        failed = failure_of(replace(smtp_config, mail_port=sink.port, mail_tls=kind))  # type: ignore[arg-type]
    assert (failed.permanent, failed.unknown) == (False, False)
    assert "certificate cannot be trusted" in failed.reason
    assert sink.tries == 0


@pytest.mark.parametrize("kind", ["implicit", "starttls"])
def test_a_trusted_certificate_of_another_host_is_refused_and_nothing_is_sent(
    smtp_config: Config, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tls_sink(tmp_path, kind, address="127.0.0.2") as sink:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        failed = failure_of(replace(smtp_config, mail_port=sink.port, mail_tls=kind))  # type: ignore[arg-type]
    assert (failed.permanent, failed.unknown) == (False, False)
    assert "certificate cannot be trusted" in failed.reason
    assert (sink.tries, sink.received) == (0, [])


@pytest.mark.parametrize("kind", ["implicit", "starttls"])
def test_a_trusted_certificate_is_used_for_the_whole_conversation(
    smtp_config: Config, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tls_sink(tmp_path, kind) as sink:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        config = replace(smtp_config, mail_port=sink.port, mail_tls=kind)  # type: ignore[arg-type]
        with mail.open_courier(config) as courier:
            courier.send(OCTETS, SENDER, RECIPIENT)
    assert [got.octets for got in sink.received] == [OCTETS]


def test_checking_tells_whether_the_server_can_be_reached(smtp_config: Config, smtp_sink: Sink) -> None:
    with mail.open_courier(smtp_config) as courier:
        courier.check()
    with (
        mail.open_courier(replace(smtp_config, mail_tls="starttls")) as courier,
        pytest.raises(MailFailed, match="STARTTLS"),
    ):
        courier.check()
    assert smtp_sink.received == []


def test_checking_replaces_a_connection_that_died_between_two_batches(
    smtp_config: Config, smtp_sink: Sink
) -> None:
    with mail.open_courier(smtp_config) as courier:
        courier.send(OCTETS, SENDER, RECIPIENT)
        courier.check()
        assert smtp_sink.connections == 1
        smtp_sink.hang_up()
        courier.check()
        courier.send(OCTETS, SENDER, RECIPIENT)
    assert (len(smtp_sink.received), smtp_sink.connections) == (2, 2)


@pytest.fixture
def folder_config(tmp_path: Path) -> Config:
    return Config(
        database_url="sqlite://",
        data_folder=tmp_path,
        mail_backend="folder",
        mail_folder=tmp_path / "deep" / "outbox",
        mail_sender="placements@placement.example",
    )


def test_the_folder_keeps_one_file_for_each_message_however_often_it_is_sent(folder_config: Config) -> None:
    other = render_invite(make_details(revision=1), now=NOW)
    for _ in range(2):
        with mail.open_courier(folder_config) as courier:
            courier.send(OCTETS, SENDER, RECIPIENT)
            courier.send(other, SENDER, RECIPIENT)
    assert folder_config.mail_folder is not None
    files = sorted(folder_config.mail_folder.iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert {file.read_bytes() for file in files} == {OCTETS, other}


def test_a_folder_that_cannot_be_made_or_written_is_a_passing_failure(
    folder_config: Config, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    in_the_way = replace(folder_config, mail_folder=tmp_path / "file" / "outbox")
    failed = failure_of(in_the_way)
    assert (failed.permanent, failed.unknown) == (False, False)
    assert str(in_the_way.mail_folder) in failed.reason
    with mail.open_courier(in_the_way) as courier, pytest.raises(MailFailed, match="cannot be written"):
        courier.check()


def test_a_write_that_fails_leaves_neither_half_a_file_nor_rubbish(
    folder_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with mail.open_courier(folder_config) as courier:
        courier.check()
    monkeypatch.setattr(os, "fsync", full)
    failed = failure_of(folder_config)
    assert "No space left" in failed.reason
    assert folder_config.mail_folder is not None
    assert list(folder_config.mail_folder.iterdir()) == []


def test_only_the_service_itself_may_read_the_kept_mail(folder_config: Config) -> None:
    with mail.open_courier(folder_config) as courier:
        courier.send(OCTETS, SENDER, RECIPIENT)
    assert folder_config.mail_folder is not None
    (file,) = folder_config.mail_folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0


def test_a_folder_that_is_not_set_says_which_setting_is_missing(folder_config: Config) -> None:
    assert "PLACEMENT_MAIL_FOLDER" in failure_of(replace(folder_config, mail_folder=None)).reason
