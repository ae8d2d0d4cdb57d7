"""An application with pages and no database, and one page that shows every component."""

from pathlib import Path

from flask import Flask, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import (
    BooleanField,
    EmailField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from placement import web
from placement.config import STATIC_FOLDER, Config, resource_folder
from placement.web.forms import DayField, HourField, PageForm
from placement.web.presenters import profile_bars
from placement.web.rendering import render_page

PUBLIC_PAGES = ("/help", "/how-places-are-decided", "/accessibility", "/privacy", "/cookies")
TEMPLATES = Path(__file__).parent / "templates"
CHOICES = [
    {
        "id": 7,
        "title": "Food bank morning",
        "href": "/opportunities/7",
        "detail": "Ancoats Pantry, Manchester · 4 days",
    },
    {"id": 9, "title": "Night shelter welcome", "detail": "Harbour House", "hints": ["About 41 km from you"]},
    {"id": 4, "title": "Dementia café", "detail": "Fylde Friends"},
]


class GalleryForm(PageForm):
    """A field of each kind."""

    full_name = StringField(
        "Full name", description="As on your badge", validators=[DataRequired("Enter your full name")]
    )
    email = EmailField("E-mail address")
    places = IntegerField("How many places?", validators=[InputRequired("Enter how many places there are")])
    starts = HourField("Starts at", description="For example, 9:30am")
    day = DayField("Date", validators=[DataRequired("Enter the date")])
    about = TextAreaField(
        "What visitors will do", validators=[Length(max=300, message="Use 300 characters or fewer")]
    )
    notes = TextAreaField("Anything else?")
    site = SelectField("Site", choices=[SelectChoice("1", "Ancoats"), SelectChoice("2", "Moss Side")])
    answer = RadioField(
        "Can you come?",
        choices=[
            SelectChoice("can", "Can"),
            SelectChoice("if_need_be", "If need be"),
            SelectChoice("cannot", "Cannot"),
        ],
        validators=[InputRequired("Say whether you can come")],
    )
    check = RadioField(
        "DBS check", choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No")], default="no"
    )
    needs = SelectMultipleField(
        "What applies?",
        choices=[SelectChoice("step", "Step-free way in"), SelectChoice("bus", "Near a bus stop")],
    )
    agree = BooleanField("I have read the guidance")
    sheet = FileField("Spreadsheet")


def gallery_app(
    folder: Path,
    *,
    base_url: str = "http://127.0.0.1:8000",
    unavailable: tuple[type[Exception], ...] = (),
) -> Flask:
    """An application without database whose page /gallery shows every component."""
    config = Config(
        database_url="sqlite://",
        data_folder=folder,
        secret_key="a-secret-for-tests-only-0123456789",
        public_base_url=base_url,
        mail_sender="Placement <placements@placement.example>",
    )
    app = Flask(
        "placement",
        template_folder=str(resource_folder("templates")),
        static_folder=str(STATIC_FOLDER),
        static_url_path="/assets",
    )
    app.config.update(SECRET_KEY=config.secret_key, WORK_IS_DONE=False, TURN=0)
    web.init_web(app, config, unavailable=unavailable)
    assert app.jinja_loader is not None
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(TEMPLATES)])
    app.context_processor(
        lambda: (
            {
                "signed_in_as": "Ada Field, Bay Trust",
                "seconds_left": 1800,
                "navigation": [
                    ("Home", "/", False),
                    ("My choices", "/gallery", True),
                    ("My dates", "/dates", False),
                ],
            }
            if "signed-in" in request.args or request.method == "POST"
            else {}
        )
    )
    app.add_url_rule("/gallery", view_func=gallery, methods=["GET", "POST"])
    app.add_url_rule("/rank", view_func=rank, methods=["POST"])
    return app


def gallery() -> ResponseReturnValue:
    """Every component; with the form's errors when it was sent."""
    form = GalleryForm()
    if form.validate_on_submit():
        flash("Your answers are saved.")
        return redirect("/gallery")
    bars = profile_bars({"1": 62, "2": 21, "4": 5, "unranked": 3}, unplaced=2)
    waiting = _waiting()
    pairs = [{"label": bar.label, "first": bar, "second": bar} for bar in bars]
    return render_page(
        "gallery.html", form=form, bars=bars, pairs=pairs, choices=CHOICES, turn=_turn(), waiting=waiting
    )


def _waiting() -> bool:
    return "waiting" in request.args and not current_app.config["WORK_IS_DONE"]


def _turn() -> int:
    """How often the page was asked for while it waits."""
    current_app.config["TURN"] += _waiting()
    return int(current_app.config["TURN"])


def rank() -> ResponseReturnValue:
    """Say what was pressed."""
    ((name, value),) = ((name, value) for name, value in request.form.items() if name != "csrf_token")
    flash(f"{name} {value}", "status")
    return redirect(f"/gallery#{name}-{value}")
