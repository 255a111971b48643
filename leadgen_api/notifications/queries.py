"""SQL of notifications. Row security lets each member mark for themselves alone."""

from typing import LiteralString

NOTIFICATIONS: LiteralString = """
select n.id, n.kind, n.created_at, n.campaign_id, n.facts, r.read_at
  from public.notifications n
  left join public.notification_reads r on r.notification_id = n.id and r.user_id = %(user)s
 where n.organization_id = %(organization)s and n.id < %(id)s and not (%(unread)s and r.notification_id is not null)
 order by n.id desc
 limit %(limit)s
"""

UNREAD: LiteralString = """
select count(*) from public.notifications n
 where n.organization_id = %(organization)s
   and not exists (select from public.notification_reads r where r.notification_id = n.id and r.user_id = %(user)s)
"""

EXISTS: LiteralString = """
select true from public.notifications where organization_id = %(organization)s and id = %(id)s
"""

_READ = """
insert into public.notification_reads (organization_id, notification_id, user_id)
select n.organization_id, n.id, %(user)s from public.notifications n where n.organization_id = %(organization)s
"""
_ONCE = " on conflict do nothing"

READ: LiteralString = f"{_READ} and n.id = %(id)s {_ONCE}"
READ_ALL: LiteralString = f"{_READ} and n.id <= %(id)s {_ONCE}"
