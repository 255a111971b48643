"""SQL of sign-in links, which needs the owner's connection, and of mail that waits, which needs the pipeline's."""

from typing import LiteralString

INSERT_LINK: LiteralString = """
insert into app.sign_in_links (token_hash, user_id, expires_at)
select %(token_hash)s, u.id, now() + make_interval(mins => %(minutes)s) from public.users u where u.email = %(email)s
"""

TAKE_MAIL: LiteralString = """
select id, kind, recipient, organization_id, organization_name, attempts
  from app.take_mail(%(most)s, make_interval(secs => %(seconds)s))
"""

OPEN_MAIL: LiteralString = "select app.open_mail(%(mail)s, %(hash)s)"

FINISH_MAIL: LiteralString = "select app.finish_mail(%(mail)s, %(outcome)s)"
