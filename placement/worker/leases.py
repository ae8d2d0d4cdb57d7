"""Gives back at once what workers of this machine held when they were killed, or left when they broke off."""

from datetime import UTC, datetime

from placement.db import reading, unit_of_work
from placement.services import mail_leases, run_claims, schedule, workers
from placement.worker.owner import is_gone


def free_abandoned() -> bool:
    """Let others begin with the mails, runs and turns of workers that are known to be gone; whether any was.

    Called by a worker's heartbeat, when a worker leaves, and before mails are sent: a command that sends may
    be all that runs. What other machines hold is left to its lease, because nothing can be known of their
    processes.
    """
    with reading() as session:
        used = {
            *mail_leases.tokens_in_use(session),
            *run_claims.tokens_in_use(session),
            *schedule.tokens_in_use(session),
        }
        tokens = [token for token in used if is_gone(token)]
        names = [name for name in workers.named(session) if is_gone(name)]
    if not (tokens or names):
        return False
    with unit_of_work() as session:
        mail_leases.free_abandoned(session, tokens=tokens, now=datetime.now(UTC))
        run_claims.give_back(session, tokens=tokens)
        schedule.give_back(session, tokens=tokens)
        workers.leave(session, names)
    return True
