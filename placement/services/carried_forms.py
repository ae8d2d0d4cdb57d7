"""What was typed, sealed into the address of the page that is shown next: for its sender, for that page."""

import json
from collections.abc import Sequence

from placement.domain.errors import AccessKeyWrong
from placement.services import access
from placement.services.scope import Scope

Fields = Sequence[tuple[str, str]]


def seal_fields(scope: Scope, path: str, fields: Fields) -> str:
    """`fields` of the actor for the page at `path`, as characters that an address may hold."""
    whole = [scope.actor.user_id, path, [list(field) for field in fields]]
    return access.seal_octets(scope.session, json.dumps(whole, ensure_ascii=False).encode()).decode()


def fields_in(scope: Scope, path: str, sealed: str) -> Fields:
    """The fields that were sealed; empty where that was done by or for somebody or something else."""
    try:
        user_id, of_path, fields = json.loads(access.unseal_octets(scope.session, sealed.encode()))
    except AccessKeyWrong:
        return ()
    if (user_id, of_path) != (scope.actor.user_id, path):
        return ()
    return [(str(name), str(value)) for name, value in fields]
