"""Who may see marks, and who may write them. The object is the module; of `plan_evaluations`, a whole maquette too."""

import rules

from people.models import Role
from people.rules import has_role, secretariat, staff, teaches

rules.add_perm("grades.view_marks", teaches | staff)
rules.add_perm("grades.enter_marks", teaches)
rules.add_perm("grades.import_marks", teaches | secretariat)
rules.add_perm("grades.plan_evaluations", teaches | secretariat | has_role(Role.Kind.HEAD))
