"""What the leader's pages say of the leader."""

from flask import url_for

from placement.services.about_leader import MatchFacts
from placement.services.conflicts import KeptConflict
from placement.services.reports.about import AboutLeader
from placement.web.leader.forms.about import CHECKS, KINDS
from placement.web.presenters import count

NOT_SAID = "Not said"
FACTS = {
    "base_postcode": "Postcode you start from",
    "postcode_kind": "Where that is",
    "max_km": "Furthest you can travel",
    "no_car": "Car for the day",
    "check_held": "DBS check you have",
}
WHOSE = {"home": "your home", "work": "where you work"}
TIES = {
    "funds": "you fund it",
    "commissions": "you commission work from it",
    "board": "you are on its board",
    "works": "you work there",
    "volunteers": "you volunteer there",
    "family": "somebody close to you has a tie to it",
    "other": "you have a tie to it",
}
"""What a leader is to a partner, told to the leader."""
THEIR_TIES = {
    "funds": "they fund it",
    "commissions": "they commission work from it",
    "board": "they are on its board",
    "works": "they work there",
    "volunteers": "they volunteer there",
    "family": "somebody close to them has a tie to it",
    "other": "they have a tie to it",
}
"""The same, told to a coordinator."""

Row = tuple[str, str] | tuple[str, str, str]
"""What it is, how it stands, and where it can be changed."""


def about_rows(about: AboutLeader) -> list[Row]:
    """All that is known, with a link where the leader can change it."""
    page, leader_id = url_for, about.standing.leader_id
    role = page(".ask_role", leader_id=leader_id)
    return [
        ("Name", about.standing.name),
        ("E-mail address", about.email),
        ("Organisation", about.organisation or NOT_SAID),
        *([("Team", about.team)] if about.team else []),
        ("Role", about.role or NOT_SAID, role),
        *match_rows(about),
        ("Access needs", need_words(about), page(".ask_need", leader_id=leader_id)),
    ]


def summary_rows(about: AboutLeader) -> list[Row]:
    """What counts in the match, beside the answers."""
    needs = url_for(".ask_need", leader_id=about.standing.leader_id)
    return [
        ("Days you will be given", str(about.standing.days)),
        *match_rows(about),
        ("Access needs", need_words(about), needs),
    ]


def match_rows(about: AboutLeader) -> list[Row]:
    """What counts in the match, with a link to each form while it can be changed."""
    rows = facts_rows(about)
    ties = ("Conflicts of interest", conflicts_words(about.conflicts))
    if not about.standing.window.is_open:
        return [*rows, ties]
    facts = url_for(".ask_facts", leader_id=about.standing.leader_id)
    conflicts = url_for(".show_conflicts", leader_id=about.standing.leader_id)
    return [*((row[0], row[1], facts) for row in rows), (*ties, conflicts)]


def facts_rows(about: AboutLeader) -> list[Row]:
    """What the match looks at, as it is kept."""
    facts = about.facts
    where = fact_words(facts, "base_postcode")
    if facts.base_postcode and facts.postcode_kind:
        where = f"{where} ({WHOSE[facts.postcode_kind]})"
    return [
        (FACTS["base_postcode"], where),
        *((FACTS[name], fact_words(facts, name)) for name in ("max_km", "no_car", "check_held")),
    ]


def fact_words(facts: MatchFacts, name: str) -> str:
    """One of the facts in words."""
    if name == "max_km":
        return "No limit" if facts.max_km is None else f"{facts.max_km:g} km"
    if name == "no_car":
        return "No car" if facts.no_car else "You have not said that you have none"
    if name == "check_held":
        return CHECKS[facts.check_held]
    if name == "postcode_kind":
        return KINDS[facts.postcode_kind] if facts.postcode_kind else NOT_SAID
    return facts.base_postcode or NOT_SAID


def need_words(about: AboutLeader) -> str:
    """Whether the leader has said what they need, without the words, which may be read over a shoulder."""
    if not about.need.text:
        return "You have not said any"
    told = "your partner may know" if about.need.shared else "no partner is told"
    only = ", and only step-free days count" if about.step_free else ""
    return f"You have said what you need{only}; {told}"


def conflicts_words(conflicts: tuple[KeptConflict, ...]) -> str:
    """How many there are, and with whom where there are few."""
    if not conflicts:
        return "None said"
    if len(conflicts) > 2:  # two names fit on a phone
        return count(len(conflicts), "charity", "charities")
    return ", ".join(one.partner for one in conflicts)


def tie_words(one: KeptConflict) -> str:
    """What the leader is to the partner, and who said so."""
    who = "You said that" if one.said_by == "leader" else "Your coordinator has noted that"
    return f"{who} {TIES[one.kind]}."


def odd_postcode(about: AboutLeader) -> str:
    """What to ask about a postcode that tells nothing; empty where it does, or where there is none."""
    postcode = about.facts.base_postcode
    if not postcode or about.place_known:
        return ""
    return (
        f"We cannot find the postcode {postcode}, so we cannot say how far away placements are, and none is "
        "left out for being too far. Is it written right? We keep it as you typed it."
    )


def state_words(about: AboutLeader) -> str:
    """Until when what the match looks at can be changed."""
    window = about.standing.window
    return f"You can change this {window.until}. It counts at once." if window.is_open else window.sentence
