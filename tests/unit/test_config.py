"""Settings come from the environment; an unsafe one stops the start with one clear sentence."""

from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement.config import Config, data_folder, resource_folder, sqlite_url
from placement.config_imap import ImapUrl
from placement.config_values import PLACEHOLDER_SECRETS, UnsafeSetting, is_loopback

SECRET = "0123456789abcdef"
ALL = {
    "PLACEMENT_DATA_FOLDER": "/srv/placement",
    "PLACEMENT_SECRET_KEY": SECRET,
    "PLACEMENT_PUBLIC_BASE_URL": "https://placement.example/",
    "PLACEMENT_MAIL_SENDER": "Leading together <placements@programme.example>",
}


def config(**changed: str) -> Config:
    return Config.from_env(ALL | {f"PLACEMENT_{name.upper()}": value for name, value in changed.items()})


def refusal(env: Mapping[str, str]) -> str:
    with pytest.raises(UnsafeSetting) as refused:
        Config.from_env(env)
    return str(refused.value)


def test_an_empty_environment_gives_a_database_in_the_data_folder_of_the_platform() -> None:
    bare = Config.from_env({})
    assert bare.database_url == sqlite_url(bare.data_folder / "placement.sqlite3")
    assert bare.data_folder == data_folder({})
    assert bare.data_folder.is_absolute()
    assert (bare.mail_backend, bare.mail_server, bare.mail_port, bare.mail_tls) == (
        "smtp",
        "127.0.0.1",
        25,
        "auto",
    )


def test_what_is_set_is_taken() -> None:
    told = config(
        database_url="sqlite:////srv/placement/other.sqlite3",
        mail_backend="folder",
        mail_folder="/srv/mail",
        mail_server="mail.example",
        mail_port="587",
        mail_username="placement",
        mail_password="a password",
        mail_tls="starttls",
        solver_seconds="2.5",
    )
    assert told.database_url == "sqlite:////srv/placement/other.sqlite3"
    assert told.public_base_url == "https://placement.example"
    assert (told.mail_backend, told.mail_folder) == ("folder", Path("/srv/mail"))
    assert (told.mail_server, told.mail_port, told.mail_tls) == ("mail.example", 587, "starttls")
    assert (told.mail_username, told.mail_password) == ("placement", "a password")
    assert told.solver_seconds == 2.5
    assert told.require_all() is told


def test_settings_never_change_afterwards() -> None:
    with pytest.raises(FrozenInstanceError):
        config().demo = True  # type: ignore[misc]


def test_the_sender_is_taken_apart() -> None:
    told = config()
    assert told.sender_name == "Leading together"
    assert told.sender_address == "placements@programme.example"
    assert told.mail_domain == "programme.example"
    assert config(mail_sender="placements@programme.example").sender_name == "Placement"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_of_naming_postgresql_means_the_same(scheme: str) -> None:
    told = config(database_url=f"{scheme}://me:secret@db.example/placement")
    assert told.database_url == "postgresql+psycopg://me:secret@db.example/placement"


@pytest.mark.parametrize(
    "url", ["mysql://localhost/x", "placement.db", "/srv/placement.db", "oracle://x", "://"]
)
def test_other_databases_are_refused(url: str) -> None:
    said = refusal(ALL | {"PLACEMENT_DATABASE_URL": url})
    assert "PLACEMENT_DATABASE_URL must start with sqlite:/// or postgresql://" in said


@pytest.mark.parametrize("secret", ["short", "012345678901234", *sorted(PLACEHOLDER_SECRETS), "CHANGEME"])
def test_a_secret_that_can_be_guessed_is_refused(secret: str) -> None:
    assert "PLACEMENT_SECRET_KEY is too easy to guess" in refusal(ALL | {"PLACEMENT_SECRET_KEY": secret})


def test_a_refusal_never_repeats_the_secret() -> None:
    assert "hunter2" not in refusal(ALL | {"PLACEMENT_SECRET_KEY": "hunter2"})
    assert "hunter2" not in refusal(ALL | {"PLACEMENT_DATABASE_URL": "me:hunter2@db.example/placement"})


@pytest.mark.parametrize(
    "url",
    [
        "http://placement.example",
        "http://192.168.1.4:8000",
        "http://localhost.example",
        "http://127.0.0.1.example",
    ],
)
def test_an_address_without_https_is_refused_beyond_this_machine(url: str) -> None:
    assert "must start with https://" in refusal(ALL | {"PLACEMENT_PUBLIC_BASE_URL": url})


@pytest.mark.parametrize(
    "url",
    [
        "placement.example",
        "ftp://placement.example",
        "https://",
        "https://x.example?a=1",
        "https://x.example#a",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    assert "must be an address such as" in refusal(ALL | {"PLACEMENT_PUBLIC_BASE_URL": url})


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"])
def test_this_machine_may_go_without_https(url: str) -> None:
    assert config(public_base_url=url).public_base_url == url
    assert not config(public_base_url=url).secure
    assert config().secure


@pytest.mark.parametrize("told", ["sendmail", "SMTP", "Folder"])
def test_an_unknown_way_of_mailing_is_refused(told: str) -> None:
    assert "PLACEMENT_MAIL_BACKEND must be smtp or folder" in refusal(ALL | {"PLACEMENT_MAIL_BACKEND": told})


def test_mail_into_a_folder_needs_the_folder() -> None:
    assert "set PLACEMENT_MAIL_FOLDER" in refusal(ALL | {"PLACEMENT_MAIL_BACKEND": "folder"})


@pytest.mark.parametrize("port", ["0", "65536", "-25", "25.0", "smtp", "٢٥", "²", " 25"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    assert "PLACEMENT_MAIL_PORT must be a number" in refusal(ALL | {"PLACEMENT_MAIL_PORT": port})


@pytest.mark.parametrize("told", ["yes", "ssl", "STARTTLS"])
def test_an_unknown_way_of_tls_is_refused(told: str) -> None:
    assert "PLACEMENT_MAIL_TLS must be" in refusal(ALL | {"PLACEMENT_MAIL_TLS": told})


def test_a_password_never_travels_unprotected() -> None:
    bare = ALL | {"PLACEMENT_MAIL_TLS": "off", "PLACEMENT_MAIL_PASSWORD": "a password"}
    assert "would travel unprotected" in refusal(bare | {"PLACEMENT_MAIL_SERVER": "mail.example"})
    assert Config.from_env(bare | {"PLACEMENT_MAIL_SERVER": "127.0.0.1"}).mail_tls == "off"


@pytest.mark.parametrize("told", ["mx.placement.example", "mx_1", ""])
def test_the_name_of_the_mail_server_that_checks_is_taken(told: str) -> None:
    assert config(authserv_id=f" {told} ").authserv_id == told


@pytest.mark.parametrize("told", ["mx.placement.example; dmarc=pass", "two names", "(mx)", '"mx"', "a@b"])
def test_a_name_that_no_mail_server_writes_is_refused(told: str) -> None:
    assert "PLACEMENT_AUTHSERV_ID must be the one name" in refusal(ALL | {"PLACEMENT_AUTHSERV_ID": told})


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("PLACEMENT_SOLVER_MEMORY_MB", "255"),
        ("PLACEMENT_SOLVER_MEMORY_MB", "2 GB"),
        ("PLACEMENT_MESSAGE_DAYS", "0"),
        ("PLACEMENT_MESSAGE_DAYS", "-1"),
        ("PLACEMENT_RECORD_DAYS", "0"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(name: str, told: str) -> None:
    assert f"{name} must be a number of" in refusal(ALL | {name: told})


def test_the_queue_is_refused_where_it_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = {"PLACEMENT_ENGINE": "procrastinate"}
    on_postgresql = ALL | queue | {"PLACEMENT_DATABASE_URL": "postgresql://localhost/placement"}
    assert Config.from_env(on_postgresql).engine == "procrastinate"
    assert "needs PostgreSQL" in refusal(ALL | queue | {"PLACEMENT_DATABASE_URL": "sqlite:////srv/p.sqlite3"})
    assert "inprocess or procrastinate, not 'celery'" in refusal(ALL | {"PLACEMENT_ENGINE": "celery"})
    monkeypatch.setattr(
        "placement.config_values.find_spec", lambda name: None if name == "procrastinate" else name
    )
    assert "extra [postgres]" in refusal(on_postgresql)


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "86401", "soon"])
def test_a_time_for_the_solver_that_is_none_is_refused(seconds: str) -> None:
    assert "PLACEMENT_SOLVER_SECONDS must be" in refusal(ALL | {"PLACEMENT_SOLVER_SECONDS": seconds})


@pytest.mark.parametrize(
    "sender",
    [
        "placements",
        "Placement <>",
        "@x.example",
        "a@",
        "a@x.example\r\nBcc: b@x.example",
        "a@x.example, b@x.example",
        "Placement a@x.example",
        "a@x example",
    ],
)
def test_a_sender_that_is_no_address_is_refused(sender: str) -> None:
    assert "PLACEMENT_MAIL_SENDER must be one address" in refusal(ALL | {"PLACEMENT_MAIL_SENDER": sender})


@pytest.mark.parametrize(
    ("missing", "require"),
    [
        ("PLACEMENT_SECRET_KEY", Config.require_secret),
        ("PLACEMENT_PUBLIC_BASE_URL", Config.require_base_url),
        ("PLACEMENT_MAIL_SENDER", Config.require_sender),
        ("PLACEMENT_SECRET_KEY", Config.require_all),
    ],
)
def test_what_is_needed_and_missing_is_named(missing: str, require: object) -> None:
    left = Config.from_env({name: value for name, value in ALL.items() if name != missing})
    assert callable(require)
    with pytest.raises(UnsafeSetting, match=f"Set {missing} first"):
        require(left)


def test_several_missing_settings_are_named_in_one_sentence() -> None:
    with pytest.raises(UnsafeSetting) as refused:
        Config.from_env({}).require_all()
    assert str(refused.value) == (
        "Set these environment variables first: "
        "PLACEMENT_SECRET_KEY, PLACEMENT_PUBLIC_BASE_URL, PLACEMENT_MAIL_SENDER."
    )


def test_a_demonstration_touches_nothing_of_the_installation(tmp_path: Path) -> None:
    told = config(database_url="postgresql://db.example/placement", mail_server="mail.example")
    demo = told.for_demo(folder=tmp_path, port=8123)
    assert demo.demo
    assert str(tmp_path) in demo.database_url
    assert demo.public_base_url == "http://127.0.0.1:8123"
    assert (demo.mail_backend, demo.mail_folder) == ("folder", tmp_path / "outbox")
    assert demo.mail_domain.endswith(".example")
    assert not told.demo


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_this_machine_is_recognised(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "::", "10.0.0.1", "localhost.example", "127.0.0.1.example", "127.1"]
)
def test_other_machines_are_not_taken_for_this_one(host: str) -> None:
    assert not is_loopback(host)


def test_what_travels_with_the_code_is_found() -> None:
    assert (resource_folder("migrations") / "env.py").is_file()
    assert (resource_folder("templates") / "base.html").is_file()


NAMES = sorted(ALL | dict.fromkeys(f"PLACEMENT_{part}" for part in ("DATABASE_URL", "MAIL_PORT", "MAIL_TLS")))


@given(env=st.dictionaries(st.sampled_from(NAMES), st.text(max_size=40)))
def test_any_environment_gives_settings_or_one_clear_sentence(env: dict[str, str]) -> None:
    try:
        Config.from_env(env)
    except UnsafeSetting as refused:
        said = str(refused)
    else:
        said = "PLACEMENT_ settings were read."
    assert "PLACEMENT_" in said
    assert "\n" not in said


def test_a_relative_database_file_is_meant_from_where_the_command_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = Config.from_env({"PLACEMENT_DATABASE_URL": "sqlite:///var/placement.sqlite3?timeout=3"})
    assert told.database_url == f"sqlite:///{tmp_path}/var/placement.sqlite3?timeout=3"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_a_database_that_keeps_nothing_is_refused(url: str) -> None:
    with pytest.raises(UnsafeSetting, match="names no file"):
        Config.from_env({"PLACEMENT_DATABASE_URL": url})


def test_a_postgresql_without_its_driver_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("placement.config.find_spec", lambda _name: None)
    with pytest.raises(UnsafeSetting, match=r"extra \[postgres\]"):
        Config.from_env({"PLACEMENT_DATABASE_URL": "postgresql://localhost/placement"})


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (
            "imaps://placements%40placement.example:p%40ss%2F%3A%20%C3%A9@mail.example",
            ImapUrl("mail.example", 993, "placements@placement.example", "p@ss/: é", "implicit"),
        ),
        ("imap://us:pw@mail.example:1143/", ImapUrl("mail.example", 1143, "us", "pw", "starttls")),
        (
            "imap://us:pw@127.0.0.1/Replies/In%20here",
            ImapUrl("127.0.0.1", 143, "us", "pw", "off", "Replies/In here"),
        ),
        ("imap://us:pw@[::1]:143/INBOX", ImapUrl("::1", 143, "us", "pw", "off")),
        ("", None),
    ],
)
def test_the_mailbox_for_replies_is_read_from_its_address(told: str, read: ImapUrl | None) -> None:
    assert config(imap_url=told).imap_url == read


@pytest.mark.parametrize(
    "told",
    [
        "mail.example",
        "https://us:hunter2@mail.example:993",
        "imaps://mail.example",
        "imaps://us@mail.example",
        "imaps://:hunter2@mail.example",
        "imaps://us:hunter2@",
        "imaps://us:hunter2@mail.example:port",
        "imaps://us:hunter2@mail.example:0",
        "imaps://us:hunter2@[mail.example",
        "imaps://us:hunter2@mail.example/INBOX?all",
        "imaps://us:hunter2%0D%0A@mail.example/INBOX",
    ],
)
def test_an_address_of_no_mailbox_is_refused_without_telling_the_password(told: str) -> None:
    said = refusal(ALL | {"PLACEMENT_IMAP_URL": told})
    assert "PLACEMENT_IMAP_URL must be the mailbox for replies" in said
    assert "hunter2" not in said


def test_the_password_of_the_mailbox_is_not_shown_with_the_settings() -> None:
    shown = config(imap_url="imaps://us:hunter2@mail.example")
    assert "hunter2" not in repr(shown)
    assert shown.require_imap().where == "mail.example:993/INBOX"
    with pytest.raises(UnsafeSetting, match="Set PLACEMENT_IMAP_URL first"):
        config().require_imap()


def test_a_secret_for_mails_that_are_handed_over_must_not_be_guessable() -> None:
    assert "PLACEMENT_INBOUND_SECRET is too easy to guess" in refusal(
        ALL | {"PLACEMENT_INBOUND_SECRET": "short"}
    )
    assert config(inbound_secret=SECRET).inbound_secret == SECRET
