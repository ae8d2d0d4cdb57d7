"""How an installation is: what answers, what is wrong and how to mend it.

Each look returns findings instead of raising, so that one fault never hides another.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.orm import Session

from placement.db import UNAVAILABLE
from placement.db.schema import revision_now, revision_wanted
from placement.domain.errors import DatabaseUnusable, PlacementError
from placement.domain.text import clean_line, shorten
from placement.models import AccessNeed
from placement.services.access import read_needs

ZONE = "Europe/London"
LARGEST_SKEW = timedelta(seconds=5)
LEAST_SPACE = 500 * 1024 * 1024  # bytes
LONGEST_FAULT = 300  # characters
PATIENCE = "10"  # seconds to wait for a database server
MOUNTS = Path("/proc/self/mounts")
REMOTE = frozenset(
    {
        "9p",
        "afs",
        "ceph",
        "cifs",
        "davfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "sshfs",
    }
)
CANNOT_CONNECT = (SQLAlchemyError, OSError, ImportError, ValueError)
"""What may be raised where an application is made for a database that cannot be used."""


@dataclass(frozen=True)
class Finding:
    """What one look showed: `said` in words and, where all is not well, the `remedy`."""

    check: str
    well: bool
    said: str
    remedy: str = ""


def impatient(url: str) -> str:
    """The database URL, with an end to waiting for a server that is not there."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql" and "connect_timeout" not in parsed.query:
        parsed = parsed.update_query_dict({"connect_timeout": PATIENCE})
    return parsed.render_as_string(hide_password=False)


def unusable(url: str, fault: Exception) -> Finding:
    """The finding that the database at `url` cannot be asked, or not be written."""
    if isinstance(fault, ImportError):
        remedy = "Install the driver: pip install 'placement[postgres]'"
    elif url.startswith("sqlite"):
        remedy = (
            "Check that PLACEMENT_DATABASE_URL names a file that this user may write, in a folder as well."
        )
    else:
        remedy = "Check that the server runs and that PLACEMENT_DATABASE_URL has the right name and password."
    return Finding("database", False, f"The database cannot be used: {_words(fault)}.", remedy)


@contextmanager
def reported(url: str) -> Iterator[None]:
    """Turn "the database at `url` cannot be used" into one sentence with the remedy, `DatabaseUnusable`.

    Anything else that the database refuses is a fault of ours, and stays what it is.
    """
    try:
        yield
    except (*UNAVAILABLE, DatabaseError) as fault:
        # Its very own class is raised for a file that is no database; those below it say other things.
        if not isinstance(fault, UNAVAILABLE) and type(fault) is not DatabaseError:
            raise
        finding = unusable(url, fault)
        raise DatabaseUnusable(said=finding.said, remedy=finding.remedy) from fault


def look_at_database(engine: Engine) -> list[Finding]:
    """Whether the database answers, is whole and can be written, and whether its tables fit."""
    try:
        found = _answers(engine)
        return [*found, *_migrations()] if all(finding.well for finding in found) else found
    except CANNOT_CONNECT as fault:
        return [unusable(engine.url.drivername, fault)]


def look_at_clock(engine: Engine) -> list[Finding]:
    """Whether our clock and the database's agree, and whether local time can be told."""
    return [*_skew(engine), _zone()]


def look_at_key(session: Session) -> list[Finding]:
    """Whether access needs that were recorded can be read with the present secret key."""
    try:
        leader_id = session.scalars(select(AccessNeed.leader_id).limit(1)).first()
        if leader_id is not None:
            read_needs(session, [leader_id])
    except PlacementError as refused:
        return [
            Finding("secret key", False, str(refused), "Set PLACEMENT_SECRET_KEY to the key used before.")
        ]
    except SQLAlchemyError:
        return []  # the look at the database says so
    return []


def look_at_disk(engine: Engine | None, folders: Iterable[Path]) -> list[Finding]:
    """Whether each folder that the installation writes to can be written and has space left."""
    file = _sqlite_file(engine) if engine is not None else None
    places = dict.fromkeys(_existing(folder) for folder in [*folders, *([file.parent] if file else [])])
    return [_space(place) for place in places]


def _answers(engine: Engine) -> list[Finding]:
    file = _sqlite_file(engine)
    if file is not None and not file.exists():
        return [
            Finding("database", False, f"There is no database at {file} yet.", "Run: placement db upgrade")
        ]
    with engine.connect() as connection:
        version = ".".join(map(str, (engine.dialect.server_version_info or ())[:2]))
        _try_writing(connection)
        found = [
            Finding(
                "database", True, f"{_kind(engine)} {version} answers and can be written.".replace("  ", " ")
            )
        ]
        if file is not None:
            found += _file_findings(connection, file)
    return found


def _try_writing(connection: Connection) -> None:
    """Write something and take it back."""
    if connection.dialect.has_table(connection, "alembic_version"):
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
    else:
        connection.execute(text("CREATE TABLE placement_doctor (id INTEGER)"))
    connection.rollback()


def _file_findings(connection: Connection, file: Path) -> list[Finding]:
    found = []
    damage = connection.scalar(text("PRAGMA quick_check(1)"))
    if damage != "ok":
        found.append(
            Finding("database", False, f"The file {file} is damaged: {damage}.", "Put back the last backup.")
        )
    kind = file_system(file.parent)
    if kind in REMOTE:
        remedy = "Keep an SQLite database on a disk of this machine, or use PostgreSQL."
        found.append(Finding("database", False, f"The file {file} is on a network disk ({kind}).", remedy))
    return found


def _migrations() -> list[Finding]:
    now, wanted = revision_now(), revision_wanted()
    if now == wanted:
        return [Finding("migrations", True, f"The tables are at {wanted}, as this version needs.")]
    said = f"The tables are at {now or 'nothing yet'}, but this version needs {wanted}."
    return [Finding("migrations", False, said, "Run: placement db upgrade")]


def _skew(engine: Engine) -> list[Finding]:
    sqlite = engine.dialect.name == "sqlite"
    question = "SELECT strftime('%s', 'now')" if sqlite else "SELECT extract(epoch FROM clock_timestamp())"
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))  # connecting may take a while, and must not count
            theirs = datetime.fromtimestamp(float(connection.execute(text(question)).scalar_one()), UTC)
    except CANNOT_CONNECT:
        return []  # the look at the database says so
    return [skew(datetime.now(UTC), theirs)]


def skew(ours: datetime, theirs: datetime) -> Finding:
    """What two clocks, read at one moment, say about each other."""
    apart = abs(ours - theirs)
    if apart <= LARGEST_SKEW:
        return Finding("clock", True, f"It is {ours:%d %B %Y, %H:%M:%S} UTC; the database agrees.")
    said = f"The database's clock is {apart.total_seconds():.0f} seconds away from this machine's."
    return Finding("clock", False, said, "Set both clocks by network time (NTP).")


def _zone() -> Finding:
    try:
        zone = ZoneInfo(ZONE)
    except ZoneInfoNotFoundError:
        remedy = "Install it: pip install tzdata"
        return Finding("time zone", False, f"The time zone data for {ZONE} is missing.", remedy)
    summer, winter = (datetime(2027, month, 15, tzinfo=zone).utcoffset() for month in (7, 1))
    if (summer, winter) != (timedelta(hours=1), timedelta(0)):
        return Finding(
            "time zone", False, f"The time zone data for {ZONE} is wrong.", "Install tzdata again."
        )
    return Finding("time zone", True, f"Times are shown in {ZONE}.")


def _space(place: Path) -> Finding:
    free = shutil.disk_usage(place).free
    if not os.access(place, os.W_OK):
        remedy = "Give the user that runs placement the right to write there."
        return Finding("disk", False, f"The folder {place} cannot be written.", remedy)
    if free < LEAST_SPACE:
        said = f"Only {free // 1024**2} MB are left in {place}."
        return Finding("disk", False, said, "Make space, or move the data to a larger disk.")
    return Finding("disk", True, f"{free / 1024**3:.1f} GB are left in {place}.")


def file_system(folder: Path, mounts: Path = MOUNTS) -> str:
    """The kind of file system that holds `folder`, such as "ext4" or "nfs"; "" where nobody can tell."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return ""  # not Linux
    where = [(point.replace("\\040", " "), kind) for _, point, kind, *_ in (line.split() for line in lines)]
    holding = [(len(point), kind) for point, kind in where if folder.resolve().is_relative_to(point)]
    kind = max(holding, default=(0, ""))[1]
    return kind.removeprefix("fuse.")


def _sqlite_file(engine: Engine) -> Path | None:
    name = engine.url.database
    return Path(name) if engine.dialect.name == "sqlite" and name and name != ":memory:" else None


def _existing(folder: Path) -> Path:
    """The folder itself, or the nearest one around it that exists."""
    return next(place for place in [folder.absolute(), *folder.absolute().parents] if place.is_dir())


def _kind(engine: Engine) -> str:
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[engine.dialect.name]


def _words(fault: Exception) -> str:
    return shorten(clean_line(str(getattr(fault, "orig", None) or fault)), LONGEST_FAULT).rstrip(".")
