from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.access.mails import invitation_mail, sign_in_mail

LINK = "https://leads.example.com/invitations/token"


@given(st.text(max_size=200))
def test_a_tenants_name_adds_no_line_and_no_link_to_an_invitation(name: str) -> None:
    mail = invitation_mail(name, LINK)

    assert mail.subject == invitation_mail("Acme", LINK).subject
    assert len(mail.body.splitlines()) == len(invitation_mail("Acme", LINK).body.splitlines())
    assert mail.body.count("://") == 1
    assert f"\n{LINK}\n" in mail.body


def test_a_sign_in_mail_has_its_link_on_a_line_of_its_own() -> None:
    assert f"\n{LINK}\n" in sign_in_mail(LINK).body
