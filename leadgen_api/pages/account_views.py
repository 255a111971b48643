"""Pages of accounts: asking for a sign-in link, joining an organization, signing out everywhere."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from leadgen_api.access.links import remember_browser, request_link
from leadgen_api.access.sessions import SignedIn, cookie_name, is_secure, session_of
from leadgen_api.fields import EmailAddress
from leadgen_api.organization.invitations import accept_invitation, invitation_of
from leadgen_api.organization.service import end_every_session
from leadgen_api.pages.organization_views import router as organization_pages
from leadgen_api.pages.rendering import templates

router = APIRouter(include_in_schema=False)
router.include_router(organization_pages)

ACCEPTED = 202
SEE_OTHER = 303
GONE = 410


class SignInForm(BaseModel):
    """Who wants to sign in."""

    model_config = ConfigDict(extra="forbid")

    email: EmailAddress


@router.post("/sign-in")
async def ask_for_link(request: Request, form: Annotated[SignInForm, Form()]) -> HTMLResponse:
    """Takes the wish for a link; the answer is the same for every address."""
    nonce = await request_link(request, form.email)
    response = templates.TemplateResponse(request, "sign_in_requested.html", status_code=ACCEPTED)
    remember_browser(request, response, nonce)
    return response


@router.get("/invitations/{token}")
async def invitation_page(request: Request, token: str) -> HTMLResponse:
    """Whose invitation it is, and a button, since mail scanners follow links."""
    invitation = await invitation_of(request.app.state.database, token)
    if invitation is None:
        return templates.TemplateResponse(request, "invitation_over.html", status_code=GONE)
    return templates.TemplateResponse(request, "invitation.html", {"invitation": invitation, "token": token})


@router.post("/invitations/{token}")
async def join(request: Request, token: str) -> Response:
    """Makes the invited person a member and leads on to signing in."""
    if await accept_invitation(request.app.state.database, token) is None:
        return templates.TemplateResponse(request, "invitation_over.html", status_code=GONE)
    return RedirectResponse("/", SEE_OTHER)


@router.post("/sign-out-everywhere")
async def sign_out_everywhere(request: Request, _member: SignedIn) -> Response:
    """Ends all of the person's sessions, then drops this one's cookie."""
    await end_every_session(request.app.state.database, session_of(request))
    response = RedirectResponse("/", SEE_OTHER)
    response.delete_cookie(cookie_name(request), httponly=True, samesite="lax", secure=is_secure(request))
    return response
