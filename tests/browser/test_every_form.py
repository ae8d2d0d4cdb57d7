"""Every form sent empty, or with what `WRONG` says: the page that refuses it is accessible and leads on.

The forms are found on the pages of the route matrix's table, so a new one is sent as well. It fails here
when it is taken without anything in it; then `WRONG` needs a line that says what it must not take.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Page, Response, expect
from werkzeug.exceptions import HTTPException

from tests.browser.browser import NOWHERE, faults_at_all_widths, watch_console
from tests.browser.stage import Stage
from tests.browser.test_every_page import PARTS, for_each_part, pages_of, paths
from tests.web.page import NOT_LABELLED
from tests.web.route_table import ROUTES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

FORM_STATES = (
    *("filled", "busy", "after", "sent back", "gone", "reported", "empty", "swapping"),
    *("cohort filled", "cohort solving", "cohort explained", "cohort confirmed", "cohort repair"),
)
"""In the first of these in which it has something to fill in, a form is sent."""
OF_COORDINATORS = frozenset({"gone", "reported", "cohort solving", "cohort explained", "cohort repair"})
"""The states that show no form to anybody else."""
TOO_LONG = "x" * 20_000
WRONG: Mapping[str, Mapping[str, str]] = {
    "leader.save_role": {"role": TOO_LONG},
    "leader.save_need": {"text": TOO_LONG},
    "partner.change_limits": {"capacity_overall": "many"},
    "coordinator.change_contact": {"name": TOO_LONG},
    "coordinator.change_limits": {"capacity_overall": "many"},
    "coordinator.save_mail": {"intro": TOO_LONG},
}
"""What a form must not take, where it may be sent empty."""
TAKE_ANYTHING: Mapping[str, str] = {
    "mail_links.renew_offers": "each offer may be left out",
    "coordinator.leave_day": "one box, which may stay empty",
    "coordinator.mark_attendance": "people may stay unmarked, all is chosen, and a note ends at its length",
    "partner.mark_attendance": "people may stay unmarked, all is chosen, and a note ends at its length",
    "coordinator.save_view": "the list says above itself what is missing",
}
"""Forms with fields in which nothing can be wrong, and why."""
ELSEWHERE: Mapping[str, str] = {
    "account.sign_out_elsewhere": "button while somebody is signed in twice: tests/web/test_account_page",
    "coordinator.add_guest": "button for a guest who was removed: test_event_pages",
    "coordinator.approve_run": "button for the second of two coordinators: tests/web/test_board_pages",
    "coordinator.exchange_place": "two leaders who are chosen by the address: test_board_pages",
    "coordinator.forget_sheets": "after files were sent: test_import_pages",
    "coordinator.hold_day_at_its_site": "button of a day that is online: test_event_pages",
    "coordinator.import_rows": "after files were sent: test_import_pages",
    "coordinator.invite_missing": "button while somebody is not invited: test_event_pages",
    "coordinator.note_withdrawal": "button of a day that its partner withdrew: test_hosting_pages",
    "coordinator.redo_fixing": "button after something was undone: tests/web/test_board_pages",
    "coordinator.undo": "button of an import that can be undone: test_import_pages",
    "coordinator.undo_guest_answer": "button after an answer was written down: tests/web/test_event_pages",
    "coordinator.undo_rest": "button right after all were marked: tests/web/test_attendance_desk",
    "mail_links.resubscribe": "button after reminders were stopped: test_mail_pages",
    "partner.discard_opportunity": "button of a draft: tests/web/test_partner_offers",
    "partner.send_opportunity": "button of a draft: test_partner_pages",
    "sign_in.spend_code": "after a mail was asked for: test_sign_in_pages",
    "sign_in.take_second_step": "after a mail has let somebody in: test_second_step_pages",
    "sign_in.stay": "sent by a script: test_time_out",
}
"""Forms that none of these states shows, and where they are."""
REFUSED = frozenset({409, 410, 422})
FORM = re.compile(r"(<form\b[^>]*>)(.*?)</form>", re.DOTALL)
FIELD = re.compile(r"<(?:input|select|textarea)\b([^>]*)>")
ATTRIBUTE = re.compile(r'\b(name|type)="([^"]*)"')
ACTION = re.compile(r'\baction="([^"#?]*)')
SEND = """([action, wrong]) => {
  const typed = it => !["hidden", "submit", "button"].includes(it.type) && it.name;
  const form = [...document.forms].find(it =>
    it.method === "post" && new URL(it.action).pathname === action && [...it.elements].some(typed));
  for (const it of [...form.elements].filter(typed)) {
    if (it.type === "checkbox" || it.type === "radio") it.checked = false;
    else if (it.tagName !== "SELECT") it.value = "";
    else if ([...it.options].some(option => option.value === "")) it.value = "";
  }
  for (const [name, value] of Object.entries(wrong)) {
    const named = [...form.elements].filter(it => it.name === name);
    for (const it of named) {
      if (it.type === "checkbox" || it.type === "radio") it.checked = it.value === value;
      else it.value = value;
    }
  }
  const button = form.querySelector("button[name]");
  if (button) {
    const pressed = document.createElement("input");
    Object.assign(pressed, {type: "hidden", name: button.name, value: button.value});
    form.append(pressed);
  }
  HTMLFormElement.prototype.submit.call(form);
}"""


@dataclass(frozen=True)
class Found:
    """A form: in which state, on which page, where it goes, and whether it knows what was shown."""

    endpoint: str
    state: str
    page: str
    action: str
    guarded: bool


@dataclass
class Forms:
    """The forms that one role finds on the pages it may see."""

    to_fill_in: dict[str, Found] = field(default_factory=dict)
    buttons: set[str] = field(default_factory=set)

    def read(self, app: Flask, state: str, path: str, html: str) -> None:
        """Keep the forms of the page at `path`."""
        for tag, inside in FORM.findall(html):
            action = "".join(ACTION.findall(tag)) or path.partition("?")[0]
            endpoint = endpoint_of(app, action) if 'method="post"' in tag else None
            if endpoint is None:
                continue
            fields = [dict(ATTRIBUTE.findall(attributes)) for attributes in FIELD.findall(inside)]
            if any(one.get("name") and one.get("type", "text") not in NOT_LABELLED for one in fields):
                guarded = any(one.get("name") == "seen" for one in fields)
                self.to_fill_in.setdefault(endpoint, Found(endpoint, state, path, action, guarded))
            else:
                self.buttons.add(endpoint)


@functools.cache
def endpoint_of(app: Flask, action: str) -> str | None:
    """What takes a form that goes to `action`."""
    try:
        endpoint, _ = app.url_map.bind("127.0.0.1").match(action, method="POST")
    except HTTPException:
        return None
    return str(endpoint)


@functools.cache
def forms_of(stage: Stage, role: str) -> Forms:
    """The forms on all pages that `role` sees."""
    found, rules = Forms(), pages_of(stage, role)
    for state in FORM_STATES:
        if role != "coordinator" and state in OF_COORDINATORS:
            continue
        scene = stage.put_on(state)
        for rule in rules:
            for path in paths(stage, scene, rule):
                answer = stage.answer(scene, role, path)
                if answer.mimetype == "text/html" and answer.status == 200:
                    found.read(stage.app, state, path, answer.html)
    return found


@dataclass
class Sender:
    """Somebody who sends forms, and what was wrong with the answers."""

    stage: Stage
    page: Page
    role: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.console = watch_console(self.page)

    def send(self, form: Found, wrong: Mapping[str, str], *, must: bool) -> None:
        """Send one, and look at the page that refuses it; it `must` be refused for what is in it."""
        self.stage.enter(self.page, self.stage.put_on(form.state), self.role)
        self.page.goto(self.stage.address + form.page)
        answer = sent(self.page, form, wrong)
        where = f"{form.endpoint} on {form.page} as {self.role}, {form.state}"
        if must and answer.status != 422:
            self.faults.append(f"{where}: is taken with {dict(wrong)} ({answer.status})")
        elif answer.status in REFUSED:
            self.faults += [f"{where}: {fault}" for fault in refusal_faults(self.page, answer.status)]
        self.faults += [f"{where}: says {line}" for line in self.console]
        self.console.clear()
        self.page.goto(NOWHERE)  # so that nothing asks the site while its database is exchanged


def sent(page: Page, form: Found, wrong: Mapping[str, str]) -> Response:
    """The answer to a form sent with nothing but what is wrong."""
    with page.expect_navigation() as gone:
        page.evaluate(SEND, [form.action, dict(wrong)])
    return gone.value


def refusal_faults(page: Page, status: int) -> list[str]:
    """What is wrong with a page that refuses a form."""
    if status == 422:
        expect(page.locator(".nhsuk-error-summary")).to_be_focused()
        if not page.title().startswith("Error: "):
            return [f"its title is {page.title()!r}"]
    return faults_at_all_widths(page)


@for_each_part
def test_every_form_that_is_sent_empty_or_wrong_is_refused_on_a_page_without_faults(
    visitor: Page, stage: Stage, role: str, part: int
) -> None:
    sender = Sender(stage, visitor, role)
    for endpoint, form in sorted(forms_of(stage, role).to_fill_in.items())[part :: PARTS[role]]:
        if endpoint not in TAKE_ANYTHING:
            sender.send(form, WRONG.get(endpoint, {}), must=True)
        if form.guarded:
            sender.send(form, {"seen": "0"}, must=False)
    assert not sender.faults, "\n".join(sender.faults)


def test_every_form_of_the_table_is_found_on_a_page_here_or_said_to_be_elsewhere(stage: Stage) -> None:
    found = [forms_of(stage, role) for role in PARTS]
    known = set().union(*(one.buttons | one.to_fill_in.keys() for one in found))
    takes = {
        rule.endpoint
        for rule in stage.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and ROUTES[rule.endpoint].visitors
    }
    assert takes - known == ELSEWHERE.keys()


def test_what_is_said_of_forms_is_said_of_forms_with_fields(stage: Stage) -> None:
    fields = set().union(*(forms_of(stage, role).to_fill_in for role in PARTS))
    assert {*WRONG, *TAKE_ANYTHING} <= fields
