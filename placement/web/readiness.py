"""What a monitor is told at /readyz: figures, and neither names nor what a mail server said."""

from datetime import datetime

from placement.services.readiness import Readiness

DATABASE_AWAY = {"ready": False, "database": {"well": False}}


def told(found: Readiness, *, now: datetime) -> dict[str, object]:
    """The parts of a readiness as JSON values."""
    seen = [(now - worker.seen_at).total_seconds() for worker in found.workers]
    return {
        "ready": found.ready,
        "database": {"well": True},
        "worker": {
            "well": found.worker_well,
            "running": len(found.workers),
            "engines": sorted({worker.engine for worker in found.workers}),
            "seen_seconds": round(min(seen), 1) if seen else None,
        },
        "work": {
            "well": found.work_well,
            "oldest_mail_seconds": found.backlog.mail_seconds,
            "oldest_run_seconds": found.backlog.run_seconds,
            "mails": found.backlog.mails,
            "attempts": found.backlog.attempts,
            "unknowns": found.backlog.unknowns,
        },
        "periodic": {"failed": [work.name for work in found.periodic if work.last_error]},
    }
