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
