"""What the platform writes to people about their accounts. Plain text: nothing in it is somebody else's markup."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail's subject and body."""

    subject: str
    body: str


def sign_in_mail(link: str) -> MailText:
    """The mail with a sign-in link."""
    return MailText(
        "Your link to sign in to LeadGen",
        f"Follow this link to sign in:\n\n{link}\n\n"
        "It works once, within 15 minutes, in the browser that asked for it.\n"
        "If you did not ask for it, do nothing: without that browser it is worthless.\n",
    )


def invitation_mail(organization_name: str, link: str) -> MailText:
    """The mail with an invitation. The tenant's name stays out of the subject and on one line, with its links broken."""
    name = " ".join(organization_name.split()).replace("://", " ").replace("www.", "www ")
    return MailText(
        "You are invited to LeadGen",
        f'The organization "{name}" invites you to work with it in LeadGen. Follow this link to join:\n\n{link}\n\n'
        "It works for 7 days. If you do not know who invites you, do nothing.\n",
    )
