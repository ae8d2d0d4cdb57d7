"""How the list of an organisation stands, in words."""

from placement.services.reports.sign_offs import OrganisationList
from placement.web.presenters import count, day


def state(one: OrganisationList) -> str:
    """Whether a list is signed off: one sentence without its full stop."""
    if one.at is None:
        return "Not signed off"
    signed = f"Signed off on {day(one.at)} by {one.by}" if one.by else f"Signed off on {day(one.at)}"
    return f"{signed}; {count(one.added, 'person', 'people')} added since" if one.added else signed
