"""For how many a day is: the form that changes it."""

from wtforms import HiddenField

from placement.web.forms import PageForm
from placement.web.partner.forms.numbers import fewest_field, places_field


class PlacesForm(PageForm):
    """The numbers of a day; `seen` tells which state of the day the page showed."""

    seen = HiddenField()
    capacity = places_field()
    minimum = fewest_field()


class WithdrawForm(PageForm):
    """Taking a day back; `seen` tells which state of the day the page showed."""

    seen = HiddenField()
