"""Importing again after something has changed, in the sheets or in the service."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.sheets.differences import Difference
from placement.domain.sheets.tables import Kind
from placement.models import DateAnswer, Opportunity, Organisation, Partner, Preference, Site
from placement.services import access
from placement.services.imports import ImportPlan
from placement.services.scope import Scope
from tests.factories.opportunities import make_activity
from tests.services.importing import bring_in, faults, leader, plan, row_counts, slot
from tests.unit.domain.sheets.samples import Tables, small_cohort, spoilt

CHANGES = [
    (Kind.PARTNERS, "theme", "Hunger", "Food", "Hunger"),
    (Kind.PARTNERS, "contact", "", "Kay Synthetic", "nothing"),
    (Kind.PARTNERS, "email", "new@bank.example", "food@bank.example", "new@bank.example"),
    (Kind.OPPORTUNITIES, "title", "Sorting tins", "Sorting parcels", "Sorting tins"),
    (Kind.OPPORTUNITIES, "dbs", "basic", "none", "basic"),
    (Kind.OPPORTUNITIES, "step_free", "no", "yes", "no"),
    (Kind.OPPORTUNITIES, "address", "3 New Road", "1 High Street", "3 New Road"),
    (Kind.SLOTS, "date", "16/03/2027", "02/03/2027", "16/03/2027"),
    (Kind.SLOTS, "start", "10.00am", "09:30", "10:00"),
    (Kind.SLOTS, "end", "16:00", "15:00", "16:00"),
    (Kind.SLOTS, "capacity", "6", "4", "6"),
    (Kind.SLOTS, "minimum", "1", "2", "1"),
    (Kind.LEADERS, "name", "Ada Changed", "Ada Synthetic", "Ada Changed"),
    (Kind.LEADERS, "organisation", "New Trust", "Coast Trust", "New Trust"),
    (Kind.LEADERS, "place_team", "", "Team 1", "nothing"),
    (Kind.LEADERS, "max_km", "", "30", "nothing"),
    (Kind.LEADERS, "dbs", "enhanced", "basic", "enhanced"),
    (Kind.LEADERS, "access_needs", "Hearing loop", "(not shown)", "(not shown)"),
    (Kind.LEADERS, "access_needs", "", "(not shown)", "nothing"),
    (Kind.PREFERENCES, "cannot_do", "", "09/03/2027", "nothing"),
]


def told(made: ImportPlan, kind: Kind) -> list[tuple[int, tuple[Difference, ...]]]:
    return [(change.wanted.row, change.differences()) for change in made.comparisons[kind].changed]


@pytest.mark.parametrize(("kind", "column", "cell", "before", "after"), CHANGES)
def test_a_changed_cell_is_told_and_written_and_then_nothing_is_left_to_change(
    scope: Scope, kind: Kind, column: str, cell: str, before: str, after: str
) -> None:
    bring_in(scope)
    changed = spoilt(kind, 2, **{column: cell})
    done = bring_in(scope, changed)
    assert told(done, kind) == [(2, (Difference(column, before, after),))]
    assert sum(len(comparison.changed) for comparison in done.comparisons.values()) == 1
    assert plan(scope, changed).changes_nothing
    assert not plan(scope, small_cohort()).changes_nothing


def test_changed_choices_are_told_as_a_whole_and_replaced(session: Session, scope: Scope) -> None:
    bring_in(scope)
    changed = spoilt(Kind.PREFERENCES, 2, choice_1="OPP3", choice_2="OPP1")
    done = bring_in(scope, changed)
    assert told(done, Kind.PREFERENCES) == [(2, (Difference("choices", "OPP1, OPP3", "OPP3, OPP1"),))]
    assert row_counts(session)["Preference"] == 4
    assert plan(scope, changed).changes_nothing


def test_a_changed_address_moves_the_site_that_nobody_shares(session: Session, scope: Scope) -> None:
    bring_in(scope)
    before = session.scalars(select(Opportunity.site_id).where(Opportunity.reference == "OPP3")).one()
    bring_in(scope, spoilt(Kind.OPPORTUNITIES, 4, address="9 Far Lane"))
    after = session.scalars(select(Opportunity.site_id).where(Opportunity.reference == "OPP3")).one()
    assert before == after
    assert row_counts(session)["Site"] == 2


def test_a_changed_address_of_a_shared_site_makes_a_new_one(session: Session, scope: Scope) -> None:
    bring_in(scope)
    bring_in(scope, spoilt(Kind.OPPORTUNITIES, 2, address="9 Far Lane"))
    addresses = session.execute(
        select(Opportunity.reference, Site.address).join(Site, Site.id == Opportunity.site_id)
    )
    assert {row[0]: row[1] for row in addresses} == {
        "OPP1": "9 Far Lane",
        "OPP2": "1 High Street",
        "OPP3": "2 Low Road",
    }


def test_an_opportunity_without_slots_may_go_to_another_partner(session: Session, scope: Scope) -> None:
    tables = small_cohort()
    del tables[Kind.SLOTS][2]
    bring_in(scope, tables)
    tables[Kind.OPPORTUNITIES][1] |= {"partner": "Memory Café", "address": "2 Low Road"}
    bring_in(scope, tables)
    assert plan(scope, tables).changes_nothing
    assert row_counts(session)["Site"] == 2


def test_an_opportunity_with_slots_stays_with_its_partner(scope: Scope) -> None:
    bring_in(scope)
    told_faults = faults(scope, spoilt(Kind.OPPORTUNITIES, 3, partner="Memory Café"))
    assert [fault[:3] for fault in told_faults] == [("opportunities.csv", 3, "partner")]


def test_a_slot_may_go_to_another_opportunity_of_another_partner(session: Session, scope: Scope) -> None:
    bring_in(scope)
    bring_in(scope, spoilt(Kind.SLOTS, 3, opportunity="OPP3"))
    moved = slot(session, "S2")
    assert moved.opportunity.reference == "OPP3"
    assert moved.partner_id == moved.opportunity.partner_id


def later_by(tables: Tables, weeks: int) -> Tables:
    """Every slot some weeks later."""
    for row in tables[Kind.SLOTS]:
        row["date"] = str((datetime.fromisoformat(str(row["date"])) + timedelta(weeks=weeks)).date())
    return tables


@pytest.mark.parametrize("weeks", [1, -1])
def test_slots_may_take_each_others_starts(session: Session, scope: Scope, weeks: int) -> None:
    bring_in(scope)
    bring_in(scope, later_by(small_cohort(), weeks))
    shift = timedelta(weeks=weeks)
    assert slot(session, "S1").starts_at == datetime(2027, 3, 2, 9, 30, tzinfo=UTC) + shift
    assert slot(session, "S2").starts_at == datetime(2027, 3, 9, 9, 30, tzinfo=UTC) + shift


def test_rows_that_are_in_the_sheets_no_longer_stay_with_a_note(session: Session, scope: Scope) -> None:
    bring_in(scope)
    before = row_counts(session)
    shorter = small_cohort()
    del shorter[Kind.LEADERS][2], shorter[Kind.SLOTS][3], shorter[Kind.PREFERENCES][1]
    done = bring_in(scope, shorter)
    assert done.changes_nothing
    assert row_counts(session) == before
    assert [note.text for note in done.notes] == [
        "1 slots are stored and not in the sheet; they stay: S4",
        "1 leaders are stored and not in the sheet; they stay: cy@council.example",
    ]


def test_a_new_slot_may_not_start_with_one_that_stays(scope: Scope) -> None:
    bring_in(scope)
    tables = small_cohort()
    tables[Kind.SLOTS][0]["slot"] = "S9"
    told_faults = faults(scope, tables)
    assert [fault[:3] for fault in told_faults] == [("slots.csv", 2, "start")]
    assert "S1" in told_faults[0].problem


def test_a_new_partner_may_not_have_the_mailbox_of_one_that_stays(scope: Scope) -> None:
    bring_in(scope)
    tables = small_cohort()
    tables[Kind.PARTNERS][1]["partner"] = "Renamed Café"
    tables[Kind.OPPORTUNITIES][2] |= {"partner": "Renamed Café", "ref": "OPP9"}
    tables[Kind.SLOTS][3] |= {"opportunity": "OPP9", "slot": "S9"}
    tables[Kind.PREFERENCES][0]["choice_2"] = "OPP9"
    assert [fault[:3] for fault in faults(scope, tables)] == [("partners.csv", 3, "email")]


def test_a_column_that_the_sheet_does_not_have_leaves_what_is_stored(session: Session, scope: Scope) -> None:
    bring_in(scope)
    fewer = small_cohort()
    for kind, kept in (
        (Kind.PARTNERS, ("partner", "email")),
        (Kind.LEADERS, ("name", "email")),
        (Kind.SLOTS, ("slot", "opportunity", "date", "start", "end", "capacity")),
        (Kind.PREFERENCES, ("email", "cannot_do")),
    ):
        fewer[kind] = [{column: row[column] for column in kept} for row in fewer[kind]]
    assert plan(scope, fewer).changes_nothing
    assert access.read_needs(session, [leader(session, "ada@trust.example").id])


def test_a_capacity_below_the_stored_minimum_is_a_fault_when_the_sheet_has_no_minimum(scope: Scope) -> None:
    bring_in(scope)
    tables = small_cohort()
    for row in tables[Kind.SLOTS]:
        del row["minimum"]
    tables[Kind.SLOTS][1]["capacity"] = "1"
    assert [fault[:3] for fault in faults(scope, tables)] == [("slots.csv", 3, "capacity")]


def test_a_corrected_pin_is_kept_as_long_as_the_postcode_stays(session: Session, scope: Scope) -> None:
    bring_in(scope)
    partner = session.scalars(select(Partner).where(Partner.name == "Memory Café")).one()
    site = session.scalars(select(Site).where(Site.partner_id == partner.id)).one()
    site.latitude = 53.9999
    session.flush()
    assert plan(scope, small_cohort()).changes_nothing
    assert not plan(scope, spoilt(Kind.OPPORTUNITIES, 4, postcode="FY2 9WX")).changes_nothing


def test_an_answer_given_since_then_is_kept_with_a_note(session: Session, scope: Scope) -> None:
    bring_in(scope)
    ada = leader(session, "ada@trust.example")
    ada.submitted_at = datetime(2027, 1, 5, tzinfo=UTC)
    session.execute(Preference.__table__.delete().where(Preference.leader_id == ada.id))  # type: ignore[attr-defined]
    session.flush()
    done = bring_in(scope)
    assert done.changes_nothing
    assert [(note.file, note.row) for note in done.notes] == [("preferences.csv", 2)]


def test_a_later_answer_in_the_sheet_replaces_the_stored_one(session: Session, scope: Scope) -> None:
    bring_in(scope)
    bring_in(scope, spoilt(Kind.PREFERENCES, 2, choice_2="", submitted_at="2027-01-06T08:00:00Z"))
    ada = leader(session, "ada@trust.example")
    assert ada.submitted_at == datetime(2027, 1, 6, 8, tzinfo=UTC)
    assert len(session.scalars(select(Preference).where(Preference.leader_id == ada.id)).all()) == 1


def test_dates_that_a_leader_can_do_are_no_difference(session: Session, scope: Scope) -> None:
    bring_in(scope)
    ada = leader(session, "ada@trust.example")
    day = datetime(2027, 4, 6, tzinfo=UTC).date()
    session.add(DateAnswer(cohort_id=ada.cohort_id, leader_id=ada.id, date=day, answer="can"))
    session.flush()
    assert plan(scope, small_cohort()).changes_nothing


def test_a_withdrawn_slot_stays_withdrawn_with_a_note(session: Session, scope: Scope) -> None:
    bring_in(scope)
    slot(session, "S1").status = "withdrawn"
    session.flush()
    done = bring_in(scope)
    assert slot(session, "S1").status == "withdrawn"
    assert [(note.file, note.row) for note in done.notes] == [("slots.csv", 2)]


def test_a_name_that_differs_in_case_alone_is_no_change_and_no_second_row(
    session: Session, scope: Scope
) -> None:
    bring_in(scope)
    tables = small_cohort()
    for row in tables[Kind.LEADERS]:
        row |= {"organisation": str(row["organisation"]).upper(), "place_team": "team  1"}
    assert plan(scope, tables).changes_nothing
    tables[Kind.LEADERS][2]["organisation"] = "COAST TRUST"
    bring_in(scope, tables)
    assert len(session.scalars(select(Organisation)).all()) == 2


def test_no_sheet_asks_for_a_lower_check_than_what_visitors_do_needs(session: Session, scope: Scope) -> None:
    bring_in(scope)
    first = session.scalars(select(Opportunity).order_by(Opportunity.id)).first()
    assert first is not None
    first.check_required = "enhanced"
    make_activity(session, opportunity=first, kind="home_visit")
    bring_in(scope)
    assert first.check_required == "enhanced"
