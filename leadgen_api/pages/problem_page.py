"""A problem as a page, for people."""

from fastapi import Request
from fastapi.responses import Response

from leadgen_api.pages.rendering import templates
from leadgen_api.problems import NotSignedIn, Problem


def problem_page(request: Request, problem: Problem) -> Response:
    """Says what is wrong; who is not signed in is told how to."""
    template = "welcome.html" if isinstance(problem, NotSignedIn) else "problem.html"
    return templates.TemplateResponse(
        request, template, {"problem": problem}, status_code=problem.status, headers=problem.headers
    )
