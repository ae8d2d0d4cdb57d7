"""A coordinator's pages: how a cohort stands, who has answered, runs, their review, confirming, sending."""

from flask import Blueprint, Flask

from placement.config import Config
from placement.web import auth
from placement.web.coordinator.views import answers, confirm, listed, review, runs, sending, start

blueprint = auth.guard(Blueprint("coordinator", __name__, url_prefix="/coordinator/<int:cohort_id>"))

blueprint.get("/")(start.start)
blueprint.get("/answers")(answers.show_answers)
blueprint.get("/answers.csv")(answers.download_answers)
blueprint.get("/runs/new")(runs.ask_run)
blueprint.post("/runs")(runs.request_run)
blueprint.get("/runs/<int:run_id>")(review.show_run)
blueprint.get("/runs/<int:run_id>/leaders")(listed.show_leaders)
blueprint.get("/runs/<int:run_id>/leaders.csv")(listed.download_leaders)
blueprint.get("/runs/<int:run_id>/days")(listed.show_days)
blueprint.get("/runs/<int:run_id>/days.csv")(listed.download_days)
blueprint.get("/runs/<int:run_id>/confirm")(confirm.ask_confirmation)
blueprint.post("/runs/<int:run_id>/confirm")(confirm.confirm_run)
blueprint.get("/sending")(sending.show_sending)


def init_runs(app: Flask, config: Config) -> None:
    """Tell the pages of `app` how long a run may take."""
    app.extensions[runs.SECONDS] = config.solver_seconds
