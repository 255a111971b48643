"""SQL of pairs to look at and of companies with their locations."""

from typing import LiteralString

# The likeliest first; a pair of which one is merged away waits until it is unmerged.
REVIEWS: LiteralString = """
select r.id, r.score, r.reason, r.state, r.decided_at,
       l.id as left_id, l.company_name as left_name, l.address as left_address, l.city as left_city,
       l.phone as left_phone, l.website as left_website,
       g.id as right_id, g.company_name as right_name, g.address as right_address, g.city as right_city,
       g.phone as right_phone, g.website as right_website
  from public.match_reviews r
  join public.prospects l on l.id = r.left_prospect_id
  join public.prospects g on g.id = r.right_prospect_id
 where r.organization_id = %(organization)s and r.campaign_id = %(campaign)s and r.state = %(state)s
   and (r.score, r.id) < (%(score)s, %(id)s)
 order by r.score desc, r.id desc
 limit %(limit)s
"""

MERGE: LiteralString = """
select id, kept_prospect_id, merged_prospect_id, score, reason, merged_at, undone_at
  from public.merges
 where organization_id = %(organization)s and id = %(merge)s
"""

# The latest first: the one that can be undone before those it builds on.
MERGES: LiteralString = """
select id, position, kept_prospect_id, merged_prospect_id, score, reason, merged_at, undone_at
  from public.merges
 where organization_id = %(organization)s and campaign_id = %(campaign)s and position < %(position)s
 order by position desc
 limit %(limit)s
"""

COMPANY: LiteralString = """
select id, name, domain from public.companies where organization_id = %(organization)s and id = %(company)s
"""

LOCATIONS: LiteralString = """
select p.id, p.created_at, p.campaign_id, p.company_name, p.address, p.city, p.state, p.phone, p.status, o.reason
  from public.prospect_companies o
  join public.prospects p on p.id = o.prospect_id
 where o.organization_id = %(organization)s and o.company_id = %(company)s
   and (p.created_at, p.id) > (%(created_at)s, %(id)s)
 order by p.created_at, p.id
 limit %(limit)s
"""
