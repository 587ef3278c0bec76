"""What a preview gives its reader to bring back: the very file that was read, signed (docs/decisions/0006)."""

from base64 import b64decode, b64encode

from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing

from curriculum.models import Formation

MAX_AGE = 3_600
"""How long a preview can be confirmed, in seconds."""


def sign(name: str, data: bytes, mark: str, formation: Formation, user: AbstractBaseUser) -> str:
    """Return the ticket of a file that was compared with what `mark` tells."""
    return signing.dumps([name, b64encode(data).decode(), mark], salt=_salt(formation, user), compress=True)


def unsign(ticket: str, formation: Formation, user: AbstractBaseUser) -> tuple[str, bytes, str]:
    """Return the name and the content of the file, and the mark. Raises BadSignature: altered, too old, another's."""
    name, data, mark = signing.loads(ticket, salt=_salt(formation, user), max_age=MAX_AGE)
    return name, b64decode(data), mark


def _salt(formation: Formation, user: AbstractBaseUser) -> str:
    return f"curriculum.competences:{formation.pk}:{user.pk}"
