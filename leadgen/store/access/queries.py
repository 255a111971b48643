"""SQL of sign-in links. Needs the owner's connection: no application role may make them."""

from typing import LiteralString

INSERT_LINK: LiteralString = """
insert into app.sign_in_links (token_hash, user_id, expires_at)
select %(token_hash)s, u.id, now() + make_interval(mins => %(minutes)s) from public.users u where u.email = %(email)s
"""
