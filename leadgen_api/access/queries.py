"""SQL of sign-in, sessions and keys: the functions that answer before a tenant is known."""

from typing import LiteralString

BEGIN_SESSION: LiteralString = (
    "select app.begin_session(%(link)s, %(session)s, make_interval(secs => %(seconds)s), %(browser)s) as user_id"
)

SESSION: LiteralString = """
select user_id, organization_id, email, organization_name, role from app.session_by_hash(%(session)s)
"""

END_SESSION: LiteralString = "select app.end_session(%(session)s)"

API_KEY: LiteralString = """
select user_id, organization_id, email, organization_name, role, api_key_id, scopes
  from app.api_key_by_hash(%(hashes)s::bytea[])
"""

AUDIT: LiteralString = """
insert into public.audit_log (organization_id, user_id, api_key_id, action, object_id, before, after)
values (%(organization)s, %(user)s, %(api_key)s, %(action)s, %(object)s, %(before)s, %(after)s)
"""

ORGANIZATIONS: LiteralString = "select id, name, slug, role from app.organizations_of_session(%(session)s)"

SWITCH: LiteralString = "select app.switch_session(%(session)s, %(organization)s) as switched"

END_EVERY_SESSION: LiteralString = "select app.end_every_session(%(session)s) as ended"

MAIL_INVITATION: LiteralString = (
    "select app.mail_invitation(%(invitation)s, %(most)s, make_interval(secs => %(seconds)s)) as is_mailed"
)

INVITATION: LiteralString = "select email, role, organization_name from app.invitation_by_hash(%(hash)s)"

ACCEPT_INVITATION: LiteralString = "select app.accept_invitation(%(hash)s) as email"

REQUEST_SIGN_IN: LiteralString = (
    "select app.request_sign_in(%(email)s, %(browser)s, make_interval(secs => %(seconds)s), %(most)s) as is_kept"
)
