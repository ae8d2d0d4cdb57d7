"""Files that were sent for an import: they wait, sealed, until somebody has looked at what they would do."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select

from placement.domain.errors import AccessKeyWrong
from placement.models import ImportUpload
from placement.services import access
from placement.services.scope import Scope
from placement.services.sign_in import KEPT


def keep_upload(scope: Scope, cohort_id: int, files: Mapping[str, bytes], *, now: datetime) -> None:
    """Keep `files` for the actor, in the place of what they sent for this cohort before."""
    cohort = scope.cohort(cohort_id)
    text = json.dumps({name: base64.b64encode(data).decode() for name, data in files.items()})
    scope.session.merge(
        ImportUpload(
            user_id=scope.actor.user_id,
            cohort_id=cohort.id,
            sealed=access.seal_octets(scope.session, text.encode()),
            uploaded_at=now,
        )
    )


def kept_upload(scope: Scope, cohort_id: int, *, now: datetime) -> dict[str, bytes]:
    """The files that wait for the actor, by name; empty where there are none, or none that can be read."""
    found = scope.session.scalars(
        select(ImportUpload).where(
            ImportUpload.user_id == scope.actor.user_id,
            ImportUpload.cohort_id == scope.cohort(cohort_id).id,
            ImportUpload.uploaded_at > now - KEPT,
        )
    ).one_or_none()
    if found is None:
        return {}
    try:
        kept = json.loads(access.unseal_octets(scope.session, found.sealed))
    except AccessKeyWrong:  # sealed under another key: nobody can read it any more
        return {}
    return {str(name): base64.b64decode(data) for name, data in kept.items()}


def forget_upload(scope: Scope, cohort_id: int) -> bool:
    """Remove what waits for the actor; False where it was removed before."""
    gone = scope.session.execute(
        delete(ImportUpload)
        .where(ImportUpload.user_id == scope.actor.user_id, ImportUpload.cohort_id == cohort_id)
        .returning(ImportUpload.user_id)
    )
    return gone.first() is not None
