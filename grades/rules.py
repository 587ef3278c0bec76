"""Who may see marks, and who may write them. The object is always the module."""

import rules

from people.rules import secretariat, staff, teaches

rules.add_perm("grades.view_marks", teaches | staff)
rules.add_perm("grades.enter_marks", teaches)
rules.add_perm("grades.import_marks", teaches | secretariat)
