"""What the grid asks of the server, in JSON: save these cells, what is new, how does the class do."""

from http import HTTPStatus

from django.http import HttpResponse, HttpResponseNotModified, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from grades.access import changes_for_grader, closed_to_grader, groups_for_grader, module_for_grader
from grades.gradebook import rules_in_force
from grades.grid import freshness, saving
from grades.grid.figures import told_figures
from grades.sheets import load
from people.access import AuthenticatedRequest


@require_POST
def save_marks(request: AuthenticatedRequest, module_id: int) -> JsonResponse:
    """Save the cells of a grid, each on its own: 409 if one was changed meanwhile, 422 if one is refused."""
    module = module_for_grader(request.user, module_id)
    try:
        typed = saving.read(request.body)
    except saving.Unreadable as error:
        return JsonResponse({"error": str(error)}, status=HTTPStatus.BAD_REQUEST)
    closed = closed_to_grader(request.user, module, {each.key[1] for each in typed})
    outcome = saving.save(module=module, typed=typed, closed=closed, by=request.user)
    changes = changes_for_grader(request.user, module).of_marks(outcome.contested) if outcome.contested else []
    return JsonResponse(saving.told_outcome(outcome, changes), status=outcome.status)


@require_GET
def marks_since(request: AuthenticatedRequest, module_id: int) -> HttpResponse:
    """Tell what has changed since the ETag that the grid has; 304 when nothing has."""
    module = module_for_grader(request.user, module_id)
    seen, now = freshness.Moment.read(request.headers.get("If-None-Match", "")), freshness.moment(module)
    if now.writes == seen.writes:
        return HttpResponseNotModified(headers={"ETag": seen.etag})
    changes = freshness.since(changes_for_grader(request.user, module), seen)
    return JsonResponse({"changes": saving.told_changes(changes)}, headers={"ETag": now.etag})


@require_GET
def figures(request: AuthenticatedRequest, module_id: int) -> JsonResponse:
    """Tell how the students of a grid do, and each evaluation: the figures of its last column and of its foot."""
    module = module_for_grader(request.user, module_id)
    sheet = load(module, groups=groups_for_grader(request.user, module), rules=rules_in_force(module))
    if (group := request.GET.get("groupe")) in {str(each.pk) for each in sheet.groups}:
        sheet = sheet.of_group(int(group))
    return JsonResponse(told_figures(sheet))
