"""What single cells mean: text, numbers, yes and no, checks, addresses.

Each `read_…` takes a cell as it was found and gives its value, or raises `CellUnreadable` with the problem
and the remedy. An empty cell is never a fault here; which cells must be filled is said in `headings`.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from placement.domain.errors import CellUnreadable, PostcodeMalformed
from placement.domain.geo import parse_postcode
from placement.domain.sheets.tables import Cell, Unreadable
from placement.domain.states import Check
from placement.domain.text import clean_line, clean_text

KM_PER_MILE = 1.609344

# Three figures after a comma are refused: "1,000" may mean a thousand.
_NUMBER = r"[+-]?\d{1,15}(?:\.\d{0,15}|,(?!\d{3}$)\d{1,15})?"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060]")
_NOTHING = frozenset({"", "-", "–", "—", "n/a", "na", "none", "nil", "no", "not applicable", "."})
_ERROR_VALUES = frozenset(
    {"#n/a", "#ref!", "#name?", "#value!", "#div/0!", "#null!", "#num!", "#spill!", "err:502", "err:508"}
)
_TEXT_AS_FORMULA = re.compile(r'="([^"]*)"')
_YES = frozenset({"yes", "y", "true", "t", "1", "x", "✓", "✔", "☑", "ja", "oui"})
_NO = frozenset({"no", "n", "false", "f", "0", "", "-", "–", "none", "n/a", "✗", "✘", "☐"})
_GENDERS = {
    "F": {"f", "female", "woman", "w", "fem", "she/her"},
    "M": {"m", "male", "man", "masc", "he/him"},
    "other": {
        *("x", "o", "other", "nb", "non-binary", "non binary", "nonbinary", "genderqueer", "agender"),
        *("gender fluid", "self-described", "prefer to self-describe", "they/them"),
    },
    "": {"", "-", "–", "n/a", "u", "unknown", "not said", "prefer not to say", "not stated", "not known"},
}
_NO_LIMIT = frozenset({"", "-", "–", "any", "anywhere", "no limit", "none", "unlimited", "n/a"})
_CHECK_FILLERS = re.compile(r"\b(dbs|crb|check(ed)?|disclosure|certificate|level|required|held|only|yes)\b")
_CHECK_WORDS: dict[str, Check] = {
    **dict.fromkeys(("none", "no", "not", "nil", "n a", "na", "not needed", "0", "n"), "none"),
    **dict.fromkeys(("basic", "b"), "basic"),
    **dict.fromkeys(("enhanced", "e"), "enhanced"),
}
_TRAVEL_WORDS = {
    "car": {"car", "by car", "drive", "driving", "driver", "own car", "car driver", "private car"},
    "public transport": {
        *("public transport", "by public transport", "pt", "bus", "train", "tram", "bus and train"),
        *("bus or train", "no car", "train or bus", "bus/train", "public"),
    },
}


def text_of(cell: Cell) -> str:
    """What `cell` says as one line of text, whatever its kind in the spreadsheet."""
    return clean_line(lines_of(cell))


def lines_of(cell: Cell) -> str:
    """What `cell` says as text that may have several lines."""
    if cell is None:
        return ""
    if isinstance(cell, Unreadable):
        raise CellUnreadable(problem=cell.problem, remedy=cell.remedy)
    if isinstance(cell, str):
        return _text_of_str(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return _text_of_value(cell)


def _text_of_value(cell: float | date | time | timedelta) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, (date, time)) else str(cell)


def _text_of_str(cell: str) -> str:
    if as_text := _TEXT_AS_FORMULA.fullmatch(cell.strip()):
        cell = as_text[1]
    text = clean_text(_INVISIBLE.sub("", cell.replace("\u00a0", " ")))
    if text.startswith("'") and text[1:2] in {"=", "+", "-", "@", "'"}:
        text = text[1:]  # the apostrophe that keeps a spreadsheet from calculating
    elif text.startswith("="):
        raise CellUnreadable(
            problem="holds a formula instead of its result",
            remedy="Save the sheet again with values in place of formulas",
        )
    if text.casefold() in _ERROR_VALUES:
        raise CellUnreadable(problem=f"holds the error value {text}", remedy="Put in the value that is meant")
    if "\ufffd" in text:
        raise CellUnreadable(
            problem=f"'{shown(text)}' holds a letter that was lost when the file was saved",
            remedy="Type it again",
        )
    return text


def shown(text: str) -> str:
    """`text` short enough to be shown in a sentence."""
    return text if len(text) <= 60 else f"{text[:57]}…"


@lru_cache(maxsize=65_536)
def sameness(text: str) -> str:
    """What two texts have in common when they mean the same: case, spaces, kinds of quotes are left out."""
    straight = text.translate(str.maketrans("‘’ʼ`´“”–—", "'''''\"\"--"))
    return " ".join(unicodedata.normalize("NFKC", straight).casefold().split())


def read_text(cell: Cell, *, most: int) -> str:
    """One line of at most `most` characters."""
    return _not_longer(text_of(cell), most)


def read_lines(cell: Cell, *, most: int) -> str:
    """Text with its line breaks, of at most `most` characters."""
    return _not_longer(lines_of(cell), most)


def read_address(cell: Cell, *, most: int) -> str:
    """An address on one line: line breaks become commas."""
    parts = (clean_line(line).rstrip(",") for line in lines_of(cell).split("\n"))
    return _not_longer(", ".join(part for part in parts if part), most)


def _not_longer(text: str, most: int) -> str:
    if len(text) > most:
        raise CellUnreadable(
            problem=f"holds {len(text):,} characters, and only {most:,} fit", remedy="Shorten the text"
        )
    return text


def read_reference(cell: Cell) -> str:
    """A reference such as OPP01; two references that differ in case alone are the same."""
    return _not_longer(text_of(cell), 50)


def read_access_needs(cell: Cell) -> str:
    """What a leader needs to take part; "none" and its like count as nothing."""
    text = read_lines(cell, most=2000)
    return "" if text.casefold() in _NOTHING else text


def read_email(cell: Cell) -> str:
    """An e-mail address in lower case, without a name or "mailto:" around it."""
    text = text_of(cell)
    if not text:
        return ""
    if bracketed := re.fullmatch(r"[^<>]*<([^<>]+)>", text):
        text = bracketed[1]
    text = re.sub(r"(?i)^mailto:\s*", "", text).strip(" ;,")
    if text.count("@") > 1:
        raise CellUnreadable(
            problem=f"'{shown(text)}' is more than one e-mail address", remedy="Leave one address"
        )
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False).normalized.lower()
    except EmailNotValidError as error:
        raise CellUnreadable(
            problem=f"'{shown(text)}' is not an e-mail address: {_uncapitalised(str(error)).rstrip('.')}",
            remedy="Correct it, for example to name@organisation.example",
        ) from None


def _uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]


def read_phone(cell: Cell) -> str:
    """A telephone number as text; the first 0 is put back where a spreadsheet took it for a number."""
    text = read_text(cell, most=50)
    is_number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
    return f"0{text}" if is_number and len(text) in (9, 10) and text.isdigit() else text


def read_whole_number(cell: Cell, *, least: int, most: int) -> int | None:
    """A whole number from `least` to `most`; "8.0" is 8."""
    number = read_number(cell)
    if number is None:
        return None
    if not number.is_integer() or not least <= number <= most:
        raise CellUnreadable(
            problem=f"{shown(text_of(cell))} is not a whole number from {least} to {most}",
            remedy=f"Write a whole number from {least} to {most}",
        )
    return int(number)


def read_number(cell: Cell) -> float | None:
    """A number; a decimal comma is taken as a decimal point."""
    text = text_of(cell)
    if not text:
        return None
    if not isinstance(cell, bool) and re.fullmatch(_NUMBER, text, re.ASCII):
        return float(text.replace(",", "."))
    raise CellUnreadable(problem=f"'{shown(text)}' is not a number", remedy="Write the number in figures")


def read_km(cell: Cell) -> float | None:
    """A distance in km: "30", "30 km", "20 miles"; empty means no limit."""
    text = text_of(cell).casefold()
    if text in _NO_LIMIT:
        return None
    found = re.fullmatch(
        r"(\d{1,6}(?:[.,]\d{1,6})?)\s*(km|kms|kilomet(?:re|er)s?|mi|miles?)?\.?", text, re.ASCII
    )
    distance = float(found[1].replace(",", ".")) if found else 0.0
    if found and (found[2] or "").startswith("mi"):
        distance = round(distance * KM_PER_MILE, 1)
    if not 0 < distance <= 2000:
        raise CellUnreadable(
            problem=f"'{shown(text)}' is not a distance in km",
            remedy="Write the number of km, for example 30; leave it empty if there is no limit",
        )
    return distance


def read_yes_or_no(cell: Cell) -> bool:
    """Yes or no; an empty cell is no."""
    word = text_of(cell).casefold().rstrip(".!")
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellUnreadable(problem=f"'{shown(word)}' is neither yes nor no", remedy="Write yes or no")


def read_gender(cell: Cell) -> str:
    """F, M, other, or nothing where it is not said."""
    word = text_of(cell).casefold().rstrip(".")
    for gender, words in _GENDERS.items():
        if word in words:
            return gender
    raise CellUnreadable(
        problem=f"'{shown(word)}' is not a gender that can be read",
        remedy="Write F, M or other, or leave it empty",
    )


def read_check_held(cell: Cell) -> Check:
    """The criminal-record check a leader holds; a standard one covers what asks for a basic one."""
    return _read_check(cell, standard_as="basic")


def read_check_required(cell: Cell) -> Check:
    """The criminal-record check an opportunity asks for; only an enhanced one covers a standard one."""
    return _read_check(cell, standard_as="enhanced")


def _read_check(cell: Cell, *, standard_as: Check) -> Check:
    text = text_of(cell)
    words = re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()
    word = " ".join(_CHECK_FILLERS.sub(" ", words).split())
    if not text.strip(" -–—."):
        return "none"
    if word == "standard":
        return standard_as
    if word in _CHECK_WORDS or re.fullmatch("enhanced (and|with|plus)?.*barred lists?", word):
        return _CHECK_WORDS.get(word, "enhanced")
    raise CellUnreadable(
        problem=f"'{shown(text)}' does not say which criminal-record check",
        remedy="Write none, basic or enhanced",
    )


def read_travel(cell: Cell) -> str:
    """How a leader travels: "car", "public transport", or their own words."""
    text = read_text(cell, most=100)
    for meaning, words in _TRAVEL_WORDS.items():
        if text.casefold().rstrip(".") in words:
            return meaning
    return text


def read_postcode(cell: Cell) -> str:
    """A full postcode as it is printed: "FY1 1PR"."""
    text = text_of(cell)
    if not text or text in {"-", "–"}:
        return ""
    try:
        return str(parse_postcode(text))
    except PostcodeMalformed:
        raise CellUnreadable(
            problem=f"'{shown(text)}' is not a full postcode",
            remedy="Write the postcode in full, for example M1 1AE",
        ) from None
