"""SQL of an organization's API keys. The hash is written, never read."""

from typing import LiteralString

KEYS: LiteralString = """
select k.id, k.name, k.prefix, k.scopes, u.email as made_by, k.created_at, k.expires_at, k.last_used_at, k.revoked_at
  from public.api_keys k
  left join public.users u on u.id = k.created_by
 where k.organization_id = %(organization)s and (k.created_at, k.id) < (%(created_at)s, %(id)s)
 order by k.created_at desc, k.id desc
 limit %(limit)s
"""

KEY: LiteralString = """
select k.id, k.name, k.prefix, k.scopes, u.email as made_by, k.created_at, k.expires_at, k.last_used_at, k.revoked_at
  from public.api_keys k
  left join public.users u on u.id = k.created_by
 where k.organization_id = %(organization)s and k.id = %(key)s
"""

INSERT: LiteralString = """
insert into public.api_keys (organization_id, created_by, name, prefix, key_hash, scopes, expires_at)
select m.organization_id, m.user_id, %(name)s, %(prefix)s, %(hash)s, %(scopes)s,
       now() + make_interval(days => %(days)s::integer)
  from public.organization_members m
 where m.organization_id = %(organization)s and m.user_id = %(user)s
returning id
"""

REVOKE: LiteralString = """
update public.api_keys k set revoked_at = now()
 where k.organization_id = %(organization)s and k.id = %(key)s and k.revoked_at is null
"""
