"""Single settings, read from the environment: what each may be, and what is said of one that cannot be."""

from collections.abc import Mapping
from email.utils import getaddresses
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from placement.config_imap import ImapUrl

MailBackend = Literal["smtp", "folder"]
MailTls = Literal["auto", "starttls", "implicit", "off"]
EngineName = Literal["inprocess", "procrastinate"]

SHORTEST_SECRET = 16
PLACEHOLDER_SECRETS = frozenset({"changeme", "change-me", "change_me", "password", "your-secret"})
LOCAL_NAMES = frozenset({"localhost"})


class UnsafeSetting(Exception):
    """A setting is missing or unsafe; the text names it and says how to mend it."""


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, can only be this machine."""
    if host.lower() in LOCAL_NAMES:
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def secret(env: Mapping[str, str], name: str) -> str:
    """A secret, empty where none is set; one that is easy to guess is refused."""
    told = env.get(name, "")
    guessable = any(word in told.lower() for word in PLACEHOLDER_SECRETS)
    if told and (len(told) < SHORTEST_SECRET or guessable):
        raise UnsafeSetting(
            f"{name} is too easy to guess: use at least {SHORTEST_SECRET} random characters "
            "(for example from: python3 -c 'import secrets; print(secrets.token_urlsafe(48))')."
        )
    return told


def base_url(env: Mapping[str, str]) -> str:
    """The address that people use, without a slash at its end."""
    url = env.get("PLACEMENT_PUBLIC_BASE_URL", "").strip().rstrip("/")
    if not url:
        return ""
    scheme, host = _scheme_and_host(url)
    if scheme not in {"http", "https"} or not host:
        raise UnsafeSetting("PLACEMENT_PUBLIC_BASE_URL must be an address such as https://placement.example.")
    if scheme == "http" and not is_loopback(host):
        raise UnsafeSetting(
            "PLACEMENT_PUBLIC_BASE_URL must start with https:// (http is for this machine alone), "
            "or sign-in links and cookies could be read on the way."
        )
    return url


def _scheme_and_host(url: str) -> tuple[str, str]:
    """Both empty where `url` is malformed or holds what no link of ours may begin with."""
    try:
        parts = urlsplit(url)
        well_formed = parts.port != 0 and parts.username is None and not (parts.query or parts.fragment)
    except ValueError:  # a bracket that is not closed, a port that is no number
        return "", ""
    if not well_formed or any(letter.isspace() or not letter.isprintable() for letter in url):
        return "", ""
    return parts.scheme, parts.hostname or ""


def mail_backend(env: Mapping[str, str]) -> MailBackend:
    """Where mail goes."""
    backend = env.get("PLACEMENT_MAIL_BACKEND") or "smtp"
    if backend == "smtp":
        return "smtp"
    if backend == "folder":
        return "folder"
    raise UnsafeSetting(f"PLACEMENT_MAIL_BACKEND must be smtp or folder, not {backend!r}.")


def mail_tls(env: Mapping[str, str]) -> MailTls:
    """How the way to the mail server is protected."""
    told = env.get("PLACEMENT_MAIL_TLS") or "auto"
    for known in ("auto", "starttls", "implicit", "off"):
        if told == known:
            return known
    raise UnsafeSetting(f"PLACEMENT_MAIL_TLS must be auto, starttls, implicit or off, not {told!r}.")


def mail_port(env: Mapping[str, str]) -> int:
    """The port of the mail server."""
    told = env.get("PLACEMENT_MAIL_PORT") or "25"
    if not (told.isascii() and told.isdigit() and 0 < int(told) < 65536):
        raise UnsafeSetting(f"PLACEMENT_MAIL_PORT must be a number from 1 to 65535, not {told!r}.")
    return int(told)


def mail_sender(env: Mapping[str, str]) -> str:
    """The one address that mail comes from, with or without a name."""
    told = env.get("PLACEMENT_MAIL_SENDER", "").strip()
    addresses = getaddresses([told])
    address = addresses[0][1] if len(addresses) == 1 else ""
    local, _, domain = address.rpartition("@")
    whole = bool(local and domain) and address in told and not any(letter.isspace() for letter in address)
    if told and (not whole or any(c in told for c in "\r\n\0")):
        raise UnsafeSetting(
            "PLACEMENT_MAIL_SENDER must be one address, "
            "for example 'Placement <placements@placement.example>'."
        )
    return told


def most_per_minute(env: Mapping[str, str], name: str) -> int:
    """A limit on mails, 0 for none."""
    told = env.get(name) or "0"
    if not (told.isascii() and told.isdigit() and len(told) < 8):
        raise UnsafeSetting(f"{name} must be a number of mails, 0 for no limit, not {told!r}.")
    return int(told)


def mail_dry_run(env: Mapping[str, str]) -> bool:
    """Whether all mail is held."""
    told = env.get("PLACEMENT_MAIL_DRY_RUN", "").lower()
    if told not in {"", "0", "no", "off", "1", "yes", "on"}:
        # A switch that was meant to be on must never be taken for off.
        raise UnsafeSetting(f"PLACEMENT_MAIL_DRY_RUN must be yes or no, not {told!r}.")
    return told in {"1", "yes", "on"}


def mail_allow_domains(env: Mapping[str, str]) -> frozenset[str]:
    """The only domains that mail may go to; empty for all."""
    told = env.get("PLACEMENT_MAIL_ALLOW_DOMAINS", "").lower().replace(",", " ").split()
    if any("@" in domain or "*" in domain for domain in told):
        raise UnsafeSetting(
            "PLACEMENT_MAIL_ALLOW_DOMAINS must be domains alone, for example: programme.example trust.example"
        )
    return frozenset(told)


def authserv_id(env: Mapping[str, str]) -> str:
    """The name of our own mail server in what it says of senders."""
    told = env.get("PLACEMENT_AUTHSERV_ID", "").strip()
    if not all(letter.isalnum() or letter in ".-_" for letter in told):
        raise UnsafeSetting(
            "PLACEMENT_AUTHSERV_ID must be the one name with which your mail server begins what it writes "
            "into Authentication-Results, for example mx.placement.example."
        )
    return told


def imap_url(env: Mapping[str, str]) -> ImapUrl | None:
    """Where the mailbox for replies is; None without one."""
    told = env.get("PLACEMENT_IMAP_URL", "").strip()
    if not told:
        return None
    try:
        return ImapUrl.parse(told, loopback=is_loopback(urlsplit(told).hostname or ""))
    except ValueError:
        # What was set is not repeated: it holds a password.
        raise UnsafeSetting(
            "PLACEMENT_IMAP_URL must be the mailbox for replies, such as "
            "imaps://user:password@mail.placement.example:993/INBOX; write @, : and / in name and password "
            "as %40, %3A and %2F."
        ) from None


def proxies(env: Mapping[str, str]) -> int:
    """How many proxies stand in front of the site."""
    told = env.get("PLACEMENT_PROXIES") or "0"
    if not (told.isascii() and told.isdigit() and int(told) < 10):
        raise UnsafeSetting(
            f"PLACEMENT_PROXIES must be the number of proxies before the site, from 0 to 9, not {told!r}."
        )
    return int(told)


def engine(env: Mapping[str, str]) -> EngineName:
    """What brings work to workers."""
    told = env.get("PLACEMENT_ENGINE") or "inprocess"
    if told == "inprocess":
        return "inprocess"
    if told != "procrastinate":
        raise UnsafeSetting(f"PLACEMENT_ENGINE must be inprocess or procrastinate, not {told!r}.")
    if find_spec("procrastinate") is None:
        raise UnsafeSetting(
            "PLACEMENT_ENGINE is procrastinate, which is not installed: "
            "install placement with its extra [postgres]."
        )
    return "procrastinate"


def seconds(env: Mapping[str, str], name: str, *, default: str, most: int) -> float:
    """A number of seconds above 0."""
    told = env.get(name) or default
    try:
        seconds = float(told)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= most:
        raise UnsafeSetting(f"{name} must be a number of seconds above 0 and up to {most}, not {told!r}.")
    return seconds


def whole_number(env: Mapping[str, str], name: str, otherwise: int, *, least: int, what: str) -> int:
    """A whole number that is not below the least one."""
    told = env.get(name) or str(otherwise)
    if not (told.isascii() and told.isdigit() and least <= int(told) < 10_000_000):
        raise UnsafeSetting(f"{name} must be a number of {what}, at least {least}, not {told!r}.")
    return int(told)
