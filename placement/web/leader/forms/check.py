"""Handing the answers in: the answers that the page shows travel along."""

from wtforms import HiddenField

from placement.services.reports.leader import Answers
from placement.web.forms import PageForm
from placement.web.leader.forms.seen import answers_text, order_text


class SubmitForm(PageForm):
    """What the check page had shown: the ranking, and what counts for each date."""

    ranking = HiddenField()
    dates = HiddenField()


def submit_form(answers: Answers) -> SubmitForm:
    """The form of a check page that shows `answers`, whatever was sent before."""
    return SubmitForm(
        formdata=None,
        ranking=order_text(offer.id for offer in answers.ranked),
        dates=answers_text({one.date: one.answer for one in answers.dates}),
    )
