"""SQL of sign-in and sessions: the three functions that answer before a tenant is known."""

from typing import LiteralString

BEGIN_SESSION: LiteralString = (
    "select app.begin_session(%(link)s, %(session)s, make_interval(secs => %(seconds)s)) as user_id"
)

SESSION: LiteralString = """
select user_id, organization_id, email, organization_name, role from app.session_by_hash(%(session)s)
"""

END_SESSION: LiteralString = "select app.end_session(%(session)s)"
