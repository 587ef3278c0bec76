"""What a preview gives its reader to bring back: the very lines that were shown, signed, so that nothing is kept here.

The list of a year is some tens of kilobytes, compressed; no file waits on a disk, and any process may answer.
"""

from django.core import signing

from people.imports import Scope
from people.models import User
from people.tables import Row, Table

MAX_AGE = 3_600
"""How long a preview can be confirmed, in seconds."""


def sign(table: Table, seen: str, scope: Scope, user: User) -> str:
    """Return the ticket of a preview: its lines, and the digest of what they would do."""
    rows = [(row.number, row.cells) for row in table.rows]
    return signing.dumps([table.name, table.sha256, rows, seen], salt=_salt(scope, user), compress=True)


def unsign(ticket: str, scope: Scope, user: User) -> tuple[Table, str]:
    """Return the lines and the digest of a ticket. Raises BadSignature: altered, too old, another's."""
    name, sha256, rows, seen = signing.loads(ticket, salt=_salt(scope, user), max_age=MAX_AGE)
    return Table(name, sha256, [Row(number, cells) for number, cells in rows]), seen


def _salt(scope: Scope, user: User) -> str:
    return f"people.imports:{scope.kind}:{scope.formation.pk}:{scope.academic_year}:{user.pk}"
