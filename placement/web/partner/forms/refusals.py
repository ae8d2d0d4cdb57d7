"""Where on a form the rule stands that a service found broken."""

from placement.domain.errors import SlotRefused
from placement.domain.offer_errors import OfferRefused
from placement.web.forms import PARTS, DayField, PageForm

FIELDS = {
    "slot_in_past": "day",
    "slot_too_far_ahead": "day",
    "slot_offered_twice": "day",
    "slot_twice_in_list": "day",
    "slot_too_near": "day",
    "slot_ends_before_start": "ends",
    "minimum_above_capacity": "minimum",
    "places_out_of_range": "capacity",
    "opportunity_known": "title",
    "site_known": "address",
    "check_too_low": "check_required",
}


def put_on_form(form: PageForm, refused: SlotRefused | OfferRefused) -> None:
    """Show on its field of `form` what was refused; raise it again where no field of the form is meant."""
    name = FIELDS.get(refused.code)
    if name is None or name not in form:
        raise refused
    field = form[name]
    field.errors = [*field.errors, str(refused)]
    if isinstance(field, DayField):
        field.wrong_parts = list(PARTS)
