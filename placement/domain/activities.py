"""What visitors may do at a partner, and the safeguarding check that each activity needs.

The list is closed, so that nobody has to guess a check. What is a regulated activity in the sense of the
Safeguarding Vulnerable Groups Act 2006 is marked, and a coordinator must ask the safeguarding lead about it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from placement.domain.states import CHECKS, ActivityKind, Check


@dataclass(frozen=True)
class ActivityRule:
    """One activity: its words, the lowest check that it needs, and whether it is regulated."""

    kind: ActivityKind
    words: str
    check: Check
    regulated: bool = False


ACTIVITIES: tuple[ActivityRule, ...] = (
    ActivityRule("shown_round", "Being shown round", "none"),
    ActivityRule("staff_talks", "Talking with staff and volunteers, sitting in on a meeting", "none"),
    ActivityRule("sorting", "Sorting, packing or giving out donations", "none"),
    ActivityRule("practical", "Gardening, cleaning, repairs", "none"),
    ActivityRule("serving_food", "Cooking or serving food and drink", "none"),
    ActivityRule("group_session", "Joining a group of adults, with staff in the room", "none"),
    ActivityRule("advice_desk", "Helping at a desk where people bring papers or personal details", "basic"),
    ActivityRule("outreach", "Going out to people on the street, with staff", "basic"),
    ActivityRule("listening", "Sitting with one person to talk, with staff near by", "basic"),
    ActivityRule("children_with_staff", "Being with children or young people, with staff", "enhanced"),
    ActivityRule("night_shift", "Staying overnight at a shelter", "enhanced"),
    ActivityRule("home_visit", "Visiting people at home, with staff", "enhanced"),
    ActivityRule(
        "personal_care", "Personal care, such as help with washing, dressing or eating", "enhanced", True
    ),
    ActivityRule("health_care", "Health care or first aid, under somebody’s direction", "enhanced", True),
    ActivityRule("handling_money", "Handling a person’s own money, bills or shopping", "enhanced", True),
    ActivityRule(
        "driving_people",
        "Driving people who need help because of age, illness or disability",
        "enhanced",
        True,
    ),
    ActivityRule("children_alone", "Being with children or young people without staff", "enhanced", True),
)

ACTIVITY_BY_KIND: Mapping[str, ActivityRule] = MappingProxyType({rule.kind: rule for rule in ACTIVITIES})


def lowest_check(kinds: Collection[str]) -> Check:
    """The lowest check that covers all these activities."""
    return highest(ACTIVITY_BY_KIND[kind].check for kind in kinds)


def highest(checks: Iterable[Check]) -> Check:
    """The highest of some checks; "none" where there is none."""
    found = set(checks)
    return next((check for check in reversed(CHECKS) if check in found), "none")


def is_regulated(kinds: Collection[str]) -> bool:
    """Whether one of these activities is a regulated one."""
    return any(ACTIVITY_BY_KIND[kind].regulated for kind in kinds)


def in_order(kinds: Collection[str]) -> list[ActivityRule]:
    """The rules of these activities in the order of the list."""
    return [rule for rule in ACTIVITIES if rule.kind in kinds]
