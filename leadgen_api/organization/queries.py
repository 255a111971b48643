"""SQL of an organization's people, invitations and audit log."""

from typing import LiteralString

ORGANIZATION: LiteralString = """
select o.id, o.name, o.slug, o.plan
  from public.organizations o
 where o.id in (select m.organization_id from public.organization_members m
                 where m.organization_id = %(organization)s and m.user_id = %(user)s)
"""

MEMBERS: LiteralString = """
select m.id, m.user_id, u.email, u.full_name, m.role, m.created_at
  from public.organization_members m
  join public.users u on u.id = m.user_id
 where m.organization_id = %(organization)s and (m.created_at, m.id) < (%(created_at)s, %(id)s)
 order by m.created_at desc, m.id desc
 limit %(limit)s
"""

MEMBER: LiteralString = """
select m.id, m.user_id, u.email, u.full_name, m.role, m.created_at
  from public.organization_members m
  join public.users u on u.id = m.user_id
 where m.organization_id = %(organization)s and m.id = %(member)s
"""

# Whoever changes a role waits here for whoever changes another: of two owners who leave at once, the second is the last.
LOCK_ROLES: LiteralString = """
select m.id, m.user_id, m.role
  from public.organization_members m
 where m.organization_id = %(organization)s and (m.role = 'owner' or m.user_id = %(user)s or m.id = %(member)s)
 order by m.id
   for update
"""

CHANGE_ROLE: LiteralString = """
update public.organization_members m set role = %(role)s where m.organization_id = %(organization)s and m.id = %(member)s
"""

REMOVE_MEMBER: LiteralString = """
delete from public.organization_members m where m.organization_id = %(organization)s and m.id = %(member)s
"""

IS_MEMBER: LiteralString = """
select true as found
  from public.organization_members m
  join public.users u on u.id = m.user_id
 where m.organization_id = %(organization)s and u.email = %(email)s
"""

INVITATIONS: LiteralString = """
select i.id, i.email, i.role, u.email as invited_by, i.created_at, i.expires_at, i.accepted_at, i.revoked_at
  from public.invitations i
  left join public.users u on u.id = i.invited_by
 where i.organization_id = %(organization)s and (i.created_at, i.id) < (%(created_at)s, %(id)s)
 order by i.created_at desc, i.id desc
 limit %(limit)s
"""

INVITATION: LiteralString = """
select i.id, i.email, i.role, u.email as invited_by, i.created_at, i.expires_at, i.accepted_at, i.revoked_at
  from public.invitations i
  left join public.users u on u.id = i.invited_by
 where i.organization_id = %(organization)s and i.id = %(invitation)s
"""

OPEN_INVITATION: LiteralString = """
select i.id, i.role
  from public.invitations i
 where i.organization_id = %(organization)s and i.email = %(email)s and i.accepted_at is null and i.revoked_at is null
   for update
"""

# An address that is invited again is invited anew: with the later role, for the whole time.
INVITE: LiteralString = """
insert into public.invitations as i (organization_id, email, role, invited_by, expires_at)
select o.organization_id, %(email)s, %(role)s, %(user)s, now() + make_interval(days => %(days)s)
  from (select m.organization_id from public.organization_members m
         where m.organization_id = %(organization)s and m.user_id = %(user)s) o
    on conflict (organization_id, email) where accepted_at is null and revoked_at is null
    do update set role = excluded.role, invited_by = excluded.invited_by, created_at = now(),
                  expires_at = excluded.expires_at
returning i.id
"""

REVOKE_INVITATION: LiteralString = """
update public.invitations i set revoked_at = now()
 where i.organization_id = %(organization)s and i.id = %(invitation)s and i.accepted_at is null and i.revoked_at is null
"""

AUDIT_LOG: LiteralString = """
select a.id, a.happened_at, a.user_id, u.email as who, a.api_key_id, a.action, a.object_id, a.before, a.after
  from public.audit_log a
  left join public.users u on u.id = a.user_id
 where a.organization_id = %(organization)s and a.id < %(id)s
   and (%(action)s::text is null or a.action = %(action)s)
   and (%(object)s::text is null or a.object_id = %(object)s)
 order by a.id desc
 limit %(limit)s
"""
