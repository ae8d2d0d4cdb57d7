"""Every page, as everybody who may see it, in every state: accessible, fit for every width, quiet.

The pages come from the table of the route matrix (`tests/web/route_table.py`), the states from
`tests/browser/states.py`: a page that is new there is looked at here. What a state shows as another one did
before, but for its words and numbers, is not looked at twice.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page
from werkzeug.routing import Rule

from tests.browser.browser import AXE, NOWHERE, faults_at_all_widths, watch_console
from tests.browser.stage import Answer, Scene, Stage
from tests.browser.states import ROLES, STATES
from tests.web.route_table import ROUTES
from tests.web.test_route_matrix import WITHOUT_FRAME

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PARTS = {"leader": 2, "partner": 2, "coordinator": 8, "viewer": 1, "signed out": 1}
"""Into how many tests the pages of a role are cut, so that several can run at once."""
ASKED = {
    "coordinator.show_people": ("show=silent&sort=mail", "search=nobody"),
    "coordinator.check_people": ("which=all&do=hold", "which=ticked&do=remind"),
    "coordinator.list_days": ("sort=free",),
    "coordinator.list_organisations": ("show=open", "search=nobody"),
    "coordinator.show_log": ("who=nobody", "from=soon"),
    "coordinator.show_answers": ("search=nobody",),
    "coordinator.list_invites": ("show=cannot",),
    "coordinator.show_sending": ("show=returned",),
    "coordinator.show_pictures": ("show=all",),
    "coordinator.show_privacy": ("q=person",),
    "leader.browse": ("within=5&day=sunday&possible=yes&theme=food", "compare={opportunity_id}"),
    "leader.compare": ("compare={opportunity_id}",),
    "partner.ask_day": ("opportunity={opportunity_id}",),
}
"""What else pages are asked for, beside their plain address."""
NEVER_SHOWN = {
    "day_link.go": "leads each role to its own page of the day",
    "sign_in.ask": "leads on who is signed in",
    "sign_in.check_your_email": "leads back whoever asked for no mail: see test_sign_in_pages",
    "sign_in.ask_second_step": "leads back whom no mail has let in: see test_second_step_pages",
    "coordinator.check_sheets": "leads back whoever sent no files: see test_import_pages",
    "coordinator.download_all_mended": "a download, after files were sent",
    "coordinator.download_changes": "a download, after files were sent",
    "coordinator.download_faults": "a download, after files were sent",
    "coordinator.download_mended": "a download, after files were sent",
}
"""Pages that one visitor or another never sees by their address alone, and why."""
SOLVING = ("queued", "solving", "failed", "infeasible", "stale", "explained")
STATES_OF = {
    role: [state for state in STATES if state.removeprefix("cohort ") not in SOLVING]
    for role in ("leader", "partner", "viewer", "signed out")
}
"""What becomes of a run shows to coordinators alone."""
OPEN_ALL = "() => document.querySelectorAll('details').forEach(it => { it.open = true; })"
TAG = re.compile(r"<([a-z][a-z0-9-]*)\b([^>]*)>")
SAID = re.compile(r'\b(class|role|type|hidden|checked|disabled|aria-(?:current|disabled))\b(?:="([^"]*)")?')


@dataclass
class Round:
    """What one role has seen of some pages so far."""

    stage: Stage
    page: Page
    role: str
    faults: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    looks: dict[str, set[tuple[object, ...]]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        self.console = watch_console(self.page)

    def go(self, state: str, rules: list[Rule]) -> None:
        """See these pages in `state`, as far as they look new."""
        scene = self.stage.put_on(state)
        new = [
            path
            for rule in rules
            for path in paths(self.stage, scene, rule)
            if self.is_new(rule.endpoint, self.stage.answer(scene, self.role, path))
        ]
        self.look(scene, new)

    def turn_away(self) -> None:
        """See the page that says that there is none."""
        self.look(self.stage.put_on("filled"), ["/no-such-page"])

    def is_new(self, endpoint: str, answer: Answer) -> bool:
        """Whether the answer is a page that looks like none before."""
        if answer.mimetype != "text/html" or answer.leads_on:
            if answer.mimetype != "text/html":
                self.shown.add(endpoint)
            return False
        if answer.status == 200:
            self.shown.add(endpoint)
        looks = skeleton(answer.html)
        if looks in self.looks[endpoint]:
            return False
        self.looks[endpoint].add(looks)
        return True

    def look(self, scene: Scene, paths: list[str]) -> None:
        """Open these pages, one after the other."""
        if not paths:
            return
        self.stage.enter(self.page, scene, self.role)
        for path in paths:
            self.page.goto(self.stage.address + path)
            self.page.evaluate(OPEN_ALL)
            found = [*faults_at_all_widths(self.page), *(f"says: {line}" for line in self.console)]
            self.faults += [f"{path} as {self.role}, {scene.state}: {fault}" for fault in found]
            self.console.clear()
        self.page.goto(NOWHERE)  # so that nothing asks the site while its database is exchanged


def paths(stage: Stage, scene: Scene, rule: Rule) -> Iterator[str]:
    """The addresses at which `rule` is looked at in one state."""
    path = scene.path(stage.app, rule)
    if path is None:
        return
    yield path
    for query in ASKED.get(rule.endpoint, ()):
        yield f"{path}?{query.format_map(defaultdict(int, scene.people.ids))}"


def skeleton(html: str) -> tuple[object, ...]:
    """The elements of a page with what makes them look and act as they do, without words and numbers."""
    found = [(tag, *SAID.findall(attributes)) for tag, attributes in TAG.findall(html)]
    return tuple(one for number, one in enumerate(found) if one not in found[max(0, number - 12) : number])


def pages_of(stage: Stage, role: str) -> list[Rule]:
    """The pages that `role` may see."""
    return [
        rule
        for rule in sorted(stage.app.url_map.iter_rules(), key=lambda rule: rule.endpoint)
        if "GET" in (rule.methods or ())
        and role in ROUTES[rule.endpoint].visitors
        and rule.endpoint not in WITHOUT_FRAME
    ]


for_each_part = pytest.mark.parametrize(
    ("role", "part"), [(role, part) for role in ROLES for part in range(PARTS[role])]
)


@for_each_part
def test_every_page_is_without_faults_in_every_state(
    visitor: Page, stage: Stage, role: str, part: int
) -> None:
    rules = pages_of(stage, role)[part :: PARTS[role]]
    visitor.context.add_init_script(path=AXE)
    seen = Round(stage, visitor, role)
    for state in STATES_OF.get(role, STATES):
        seen.go(state, rules)
    if part == 0:
        seen.turn_away()
    assert not seen.faults, "\n".join(seen.faults)
    never = {rule.endpoint for rule in rules} - seen.shown - NEVER_SHOWN.keys()
    assert never == set(), "no state of tests/browser/states.py shows these pages"
