"""The report of a cohort: figures for its coordinators and viewers, and what its viewers may read."""

from flask import Blueprint

from placement.web.auth import guard
from placement.web.report.reflections import download_reflections, show_reflections
from placement.web.report.views import download_csv, download_workbook, show

blueprint = guard(Blueprint("report", __name__, url_prefix="/report/<int:cohort_id>"))

blueprint.get("/")(show)
blueprint.get("/report.csv")(download_csv)
blueprint.get("/report.xlsx")(download_workbook)
blueprint.get("/reflections")(show_reflections)
blueprint.get("/reflections.csv")(download_reflections)
