"""SQL of integrations. What was sealed is read by the vault alone."""

from typing import LiteralString

INTEGRATIONS: LiteralString = """
select c.service, c.is_active, c.put_at, u.email as put_by, c.last_used_at, c.last_error, c.last_error_at
  from public.api_credentials c
  left join public.users u on u.id = c.put_by
 where c.organization_id = %(organization)s
"""

NOTE_WHO: LiteralString = """
update public.api_credentials set put_by = %(user)s, put_at = now()
 where organization_id = %(organization)s and service = %(service)s
"""

DELETE: LiteralString = """
delete from public.api_credentials where organization_id = %(organization)s and service = %(service)s
"""

# Campaigns that stand still for want of a key that works, by the words of the client layer's errors: they begin with the
# vendor (`hunter verify: ...`), or with the credentials that do not open (`the hunter credentials ...`).
WAITING: LiteralString = """
select id from public.campaigns
 where organization_id = %(organization)s and status = 'paused' and status_cause = 'credentials'
   and (split_part(status_detail, ' ', 1) = any (%(vendors)s) or split_part(status_detail, ' ', 2) = %(service)s)
 order by id
"""
