"""Importing a cohort that is new, and the same sheets again."""

import random
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import AccessKeyMissing, NotFound
from placement.domain.sheets.differences import Comparison
from placement.domain.sheets.tables import Kind
from placement.models import AuditEvent, Cohort, DateAnswer, Opportunity, Partner, Preference, Slot, User
from placement.services import access
from placement.services.imports import cohort_counts, plan_import
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.people import make_coordinator, make_leader, make_user
from tests.factories.programmes import make_cohort
from tests.services.importing import NAME, bring_in, faults, leader, plan, refusal, row_counts, slot
from tests.unit.domain.sheets.samples import small_cohort, spoilt, understood, with_column

NOTHING = {"Programme": 0, "Cohort": 0, "User": 0, "Partner": 0, "Leader": 0, "Preference": 0}


def test_a_new_cohort_gets_all_its_rows(session: Session, scope: Scope) -> None:
    done = bring_in(scope)
    assert row_counts(session) == {
        "Programme": 1,
        "Cohort": 1,
        "Organisation": 2,
        "Team": 1,
        "User": 5,
        "Partner": 2,
        "Site": 2,
        "Opportunity": 3,
        "Slot": 4,
        "Leader": 3,
        "AccessNeed": 1,
        "Preference": 4,
        "DateAnswer": 3,
        "AuditEvent": 1,
    }
    assert [len(done.comparisons[kind].added) for kind in Kind] == [2, 3, 4, 3, 2]


def test_every_cell_arrives_where_it_belongs(session: Session, scope: Scope) -> None:
    bring_in(scope)
    ada, bo = leader(session, "ada@trust.example"), leader(session, "bo@trust.example")
    assert (ada.name, ada.sector, ada.role, ada.pay_band, ada.gender) == (
        *("Ada Synthetic", "NHS acute", "Matron"),
        *("8a", "F"),
    )
    assert (ada.base_postcode, ada.latitude, ada.longitude) == ("FY2 9WX", 53.8477, -3.0440)
    assert (ada.check_held, ada.travel, ada.max_km, ada.days) == ("basic", "car", 30, 1)
    assert ada.organisation is not None
    assert ada.team is not None
    assert (ada.organisation.name, ada.team.name) == ("Coast Trust", "Team 1")
    assert access.read_needs(session, [ada.id, bo.id]) == {ada.id: "Step-free access"}
    assert ada.submitted_at == datetime(2027, 1, 4, 9, tzinfo=UTC)
    assert leader(session, "cy@council.example").submitted_at is None
    partner = session.scalars(select(Partner).where(Partner.name == "Food Bank")).one()
    assert (partner.user.email, partner.user.name, partner.theme, partner.phone) == (
        *("food@bank.example", "Kay Synthetic"),
        *("Food", "01632 960001"),
    )
    first = slot(session, "S1")
    assert first.starts_at == datetime(2027, 3, 2, 9, 30, tzinfo=UTC)
    assert (first.capacity, first.minimum, first.taken, first.status) == (4, 2, 0, "open")
    assert first.opportunity.partner.id == partner.id
    assert first.opportunity.site.address == "1 High Street"


def test_rankings_and_dates_arrive_in_order(session: Session, scope: Scope) -> None:
    bring_in(scope)
    bo = leader(session, "bo@trust.example")
    ranked = session.execute(
        select(Preference.rank, Opportunity.reference)
        .join(Opportunity, Opportunity.id == Preference.opportunity_id)
        .where(Preference.leader_id == bo.id)
        .order_by(Preference.rank)
    ).all()
    assert [tuple(row) for row in ranked] == [(1, "OPP2"), (2, "OPP1")]
    answers = session.execute(select(DateAnswer.date, DateAnswer.answer).where(DateAnswer.leader_id == bo.id))
    assert {tuple(row) for row in answers} == {
        (date(2027, 3, 2), "if_need_be"),
        (date(2027, 3, 9), "if_need_be"),
    }


def test_opportunities_of_a_partner_at_one_address_share_a_site(session: Session, scope: Scope) -> None:
    bring_in(scope)
    sites = session.scalars(select(Opportunity.site_id).order_by(Opportunity.reference)).all()
    assert sites[0] == sites[1] != sites[2]


def test_coordinates_given_once_for_a_shared_site_count_whichever_row_has_them(
    session: Session, scope: Scope
) -> None:
    for row in (2, 3):
        tables = spoilt(Kind.OPPORTUNITIES, row, lat="53.9", lon="-3.0")
        name = f"Cohort {row}"
        bring_in(scope, tables, name=name)
        cohort = scope.cohort_named(name)
        site = (
            session.scalars(
                select(Opportunity).where(Opportunity.cohort_id == cohort.id, Opportunity.reference == "OPP1")
            )
            .one()
            .site
        )
        assert (site.latitude, site.longitude) == (53.9, -3.0)
        assert plan(scope, tables, name=name).changes_nothing


def test_the_same_sheets_again_change_nothing(session: Session, scope: Scope) -> None:
    bring_in(scope)
    before = row_counts(session)
    again = bring_in(scope)
    assert again.changes_nothing
    assert row_counts(session) == before
    assert [again.comparisons[kind].unchanged for kind in Kind] == [2, 3, 4, 3, 2]


def test_the_order_of_rows_makes_no_difference(session: Session, scope: Scope) -> None:
    tables = small_cohort()
    shuffled = {kind: random.Random(11).sample(rows, len(rows)) for kind, rows in tables.items()}
    bring_in(scope, shuffled)
    assert plan(scope, tables).changes_nothing


def test_one_fault_anywhere_keeps_everything_out(session: Session, scope: Scope) -> None:
    for kind, column in (
        *((Kind.PARTNERS, "email"), (Kind.OPPORTUNITIES, "dbs"), (Kind.SLOTS, "date")),
        *((Kind.LEADERS, "days"), (Kind.PREFERENCES, "choice_2")),
    ):
        assert refusal(scope, plan(scope, spoilt(kind, 3, **{column: "?!"})))
    assert NOTHING.items() <= row_counts(session).items()


def test_a_cohort_is_found_whatever_the_case_of_its_name(session: Session, scope: Scope) -> None:
    bring_in(scope, name="École du Nord")
    again = plan(scope, small_cohort(), name=" ÉCOLE  DU NORD")
    assert again.name == "École du Nord"
    assert again.changes_nothing


def test_a_new_cohort_belongs_to_its_own_programme_or_the_one_that_is_named(scope: Scope) -> None:
    bring_in(scope)
    assert scope.cohort_named(NAME).programme.name == NAME
    made = plan_import(scope, understood(small_cohort()), name="Coast 2", programme="coast 1")
    assert refusal(scope, made) == ()
    assert scope.cohort_named("Coast 2").programme_id == scope.cohort_named(NAME).programme_id


def test_a_cohort_keeps_its_programme(scope: Scope) -> None:
    bring_in(scope)
    made = plan(scope, small_cohort(), programme="Another")
    assert [fault.file for fault in made.faults] == ["--programme"]
    assert not plan(scope, small_cohort(), programme=NAME.upper()).faults


def test_a_name_that_is_too_long_is_a_fault(scope: Scope) -> None:
    assert [fault.file for fault in plan(scope, small_cohort(), name="x" * 201).faults] == ["--name"]


def test_a_mailbox_that_is_known_from_elsewhere_gets_no_second_user(session: Session, scope: Scope) -> None:
    known = make_user(session, email="ada@trust.example", name="Ada Known")
    make_leader(session, user=known)
    bring_in(scope)
    here = scope.cohort_named(NAME)
    mine = session.scalars(select(User).where(User.email == "ada@trust.example")).one()
    assert mine.id == known.id
    assert mine.name == "Ada Known"
    assert here.name == NAME


def test_two_cohorts_with_the_same_sheets_have_rows_of_their_own(session: Session, scope: Scope) -> None:
    bring_in(scope)
    bring_in(scope, name="Coast 2")
    counted = row_counts(session)
    assert (counted["Cohort"], counted["Leader"], counted["Slot"], counted["User"]) == (2, 6, 8, 5)


def test_the_import_is_recorded_with_counts_and_without_names(session: Session, scope: Scope) -> None:
    bring_in(scope)
    event = session.scalars(select(AuditEvent)).one()
    cohort = session.scalars(select(Cohort)).one()
    assert (event.verb, event.subject, event.cohort_id) == ("import_cohort", f"cohort:{cohort.id}", cohort.id)
    assert event.facts["leaders_added"] == 3
    assert all(isinstance(fact, int) for fact in event.facts.values())


def test_access_needs_are_not_taken_without_the_key(session: Session, scope: Scope) -> None:
    del session.info[access.CIPHER]
    made = plan(scope, small_cohort())
    with pytest.raises(AccessKeyMissing):
        refusal(scope, made)
    tables = with_column(small_cohort(), Kind.LEADERS, "access_needs", "none", "", "-")
    assert refusal(scope, plan(scope, tables, name="Coast 3")) == ()


def test_somebody_who_does_not_coordinate_the_cohort_cannot_import_into_it(
    session: Session, scope: Scope
) -> None:
    bring_in(scope)
    stranger = Scope.of_user(session, make_user(session).id)
    for name in (NAME, "Quite new"):
        with pytest.raises(NotFound):
            plan(stranger, small_cohort(), name=name)
    coordinator = make_coordinator(session, cohort=scope.cohort_named(NAME))
    assert plan(Scope.of_user(session, coordinator.user_id), small_cohort()).changes_nothing


def test_an_answer_without_a_time_counts_as_given_now(session: Session, scope: Scope) -> None:
    tables = with_column(small_cohort(), Kind.PREFERENCES, "submitted_at", "", "")
    bring_in(scope, tables)
    assert leader(session, "ada@trust.example").submitted_at == NOON
    assert plan(scope, tables).changes_nothing


def test_a_row_in_which_a_leader_said_nothing_is_no_answer(session: Session, scope: Scope) -> None:
    bring_in(scope, spoilt(Kind.PREFERENCES, 2, choice_1="", choice_2="", cannot_do="", submitted_at=""))
    assert leader(session, "ada@trust.example").submitted_at is None


def test_a_cohort_without_answers_can_be_imported_and_gets_them_later(session: Session, scope: Scope) -> None:
    early = small_cohort()
    del early[Kind.PREFERENCES]
    bring_in(scope, early)
    later = bring_in(scope)
    assert [len(later.comparisons[kind].added) for kind in Kind] == [0, 0, 0, 0, 2]
    assert row_counts(session)["Preference"] == 4


def test_nothing_is_compared_before_there_is_something(scope: Scope) -> None:
    assert plan(scope, {}).comparisons == {kind: Comparison() for kind in Kind}


def test_a_cohort_is_counted(session: Session, scope: Scope) -> None:
    bring_in(scope)
    make_cohort(session, name="Empty")
    slot(session, "S4").status = "withdrawn"
    session.flush()
    coast, empty = cohort_counts(scope)
    assert (coast.name, coast.leaders, coast.answered, coast.slots, coast.seats) == (NAME, 3, 2, 3, 12)
    assert (empty.leaders, empty.slots, empty.seats, empty.confirmed) == (0, 0, 0, 0)


def test_faults_of_cells_and_of_what_is_stored_come_in_one_list(scope: Scope) -> None:
    bring_in(scope)
    tables = spoilt(Kind.LEADERS, 2, max_km="far")
    tables[Kind.OPPORTUNITIES][0]["partner"] = "Memory Café"
    tables[Kind.OPPORTUNITIES][0]["address"] = "2 Low Road"
    assert [fault[:3] for fault in faults(scope, tables)] == [
        ("opportunities.csv", 2, "partner"),
        ("leaders.csv", 2, "max_km"),
    ]


def test_writing_takes_the_same_number_of_statements_for_many_rows(session: Session, scope: Scope) -> None:
    tables = small_cohort()
    one = tables[Kind.LEADERS][1]
    tables[Kind.LEADERS] += [one | {"email": f"leader{number}@trust.example"} for number in range(300)]
    bring_in(scope, tables)
    assert row_counts(session)["Leader"] == 303
    assert session.scalars(select(Slot)).first() is not None
