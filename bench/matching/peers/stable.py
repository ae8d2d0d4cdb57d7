"""The package `matching`: stable matching, where slots prefer leaders in the order of a draw.

Lists are strict there, so that slots in one tier are ordered by their place.
"""

import sys
import threading
import warnings
from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from typing import Any

from bench.matching.arcs import NOWHERE, Arcs
from bench.matching.peers.answer import Answer, Run

_DEEP = 1_000_000


def residents(arcs: Arcs, _objective: str) -> Run:
    """`HospitalResident`: leaders are residents, slots hospitals."""
    games = import_module("matching.games")
    wishes, drawn = _lists(arcs)

    def make() -> Any:
        room = {slot: arcs.capacity[slot] for slot in drawn}
        return games.HospitalResident.create_from_dictionaries(wishes, drawn, room)

    return _played(arcs, make)


def students(arcs: Arcs, _objective: str) -> Run:
    """`StudentAllocation`: leaders are students, slots projects, each with a supervisor of its own."""
    games = import_module("matching.games")
    wishes, drawn = _lists(arcs)

    def make() -> Any:
        keepers = {slot: f"keeper of {slot}" for slot in drawn}
        room = {slot: arcs.capacity[slot] for slot in drawn}
        lists = {keepers[slot]: drawn[slot] for slot in drawn}
        theirs = {keepers[slot]: room[slot] for slot in drawn}
        return games.StudentAllocation.create_from_dictionaries(wishes, lists, keepers, room, theirs)

    return _played(arcs, make)


def _lists(arcs: Arcs) -> tuple[dict[str, list[int]], dict[int, list[str]]]:
    wishes = {
        f"leader {leader}": [slot for slot, _ in sorted(wish, key=lambda way: (way[1], way[0]))]
        for leader, wish in enumerate(arcs.wishes)
        if wish
    }
    order = sorted(wishes, key=lambda name: sha256(name.encode()).digest())
    drawn: dict[int, list[str]] = {}
    for name in order:
        for slot in wishes[name]:
            drawn.setdefault(slot, []).append(name)
    return wishes, dict(sorted(drawn.items()))


def _played(arcs: Arcs, make: Callable[[], Any]) -> Run:
    warnings.simplefilter("ignore")
    note = ""
    try:
        game = make()
    except RecursionError:
        note = "RecursionError by default; its limit raised"
        game = _in_a_deep_thread(make)

    def run() -> Answer:
        solved = game.solve() if not note else _in_a_deep_thread(game.solve)
        given = [NOWHERE] * arcs.leaders
        for slot, there in solved.items():
            for player in there:
                given[int(str(player.name).removeprefix("leader "))] = int(slot.name)
        return Answer(given, note=note)

    return run


def _in_a_deep_thread(work: Callable[[], Any]) -> Any:
    """Copying linked players recurses deeply: give it a stack of its own."""
    sys.setrecursionlimit(_DEEP)
    threading.stack_size(1 << 29)
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]
