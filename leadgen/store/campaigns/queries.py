"""The SQL of tenants and campaigns as the business sees them: who they are, where they stand, what starts."""

INSERT_USER = """
    insert into public.users (email, full_name) values (%(email)s, %(full_name)s)
        on conflict (email) do nothing
"""

USER_BY_EMAIL = "select id from public.users where email = %(email)s"

INSERT_ORGANIZATION = """
    insert into public.organizations (slug, name, owner_id) values (%(slug)s, %(name)s, %(owner_id)s)
        on conflict (slug) do nothing
"""

ORGANIZATION_BY_SLUG = "select id, owner_id from public.organizations where slug = %(slug)s"

INSERT_OWNER = """
    insert into public.organization_members (organization_id, user_id, role)
    values (%(organization_id)s, %(user_id)s, 'owner')
        on conflict (organization_id, user_id) do nothing
"""

INSERT_CAMPAIGN = """
    insert into public.campaigns
      (organization_id, created_by, name, business_type, target_location, target_radius_miles,
       target_criteria, center_latitude, center_longitude, lead_cap, offer, budget_micros, status)
    values
      (%(organization_id)s, %(created_by)s, %(name)s, %(business_type)s, %(target_location)s,
       %(radius_miles)s, %(criteria)s, %(latitude)s, %(longitude)s, %(lead_cap)s, %(offer)s,
       %(budget_micros)s, 'queued')
    returning id
"""

INSERT_EVENT = """
    insert into public.outbox (organization_id, campaign_id, kind)
    select c.organization_id, c.id, %(kind)s from public.campaigns c where c.id = %(campaign_id)s
"""

# What its user stopped moves on only when its user resumes it.
SET_STATUS = """
    update public.campaigns
       set status = %(status)s, status_cause = %(cause)s, status_detail = %(detail)s, resume_at = null,
           times_parked = case when %(status)s = 'ready' then 0 else times_parked end
     where id = %(campaign_id)s
       and not (status = 'paused' and status_cause = 'user' and %(status)s <> 'paused')
"""

PAUSE = """
    update public.campaigns
       set status = 'paused', status_cause = %(cause)s, status_detail = %(detail)s, resume_at = null
     where id = %(campaign_id)s
       and status not in ('failed', 'completed', 'archived')
"""

RESUME = """
    update public.campaigns
       set status = 'queued', status_cause = null, status_detail = null, resume_at = null
     where id = %(campaign_id)s and status in ('paused', 'failed')
"""

SET_BUDGET = "update public.campaigns set budget_micros = %(budget)s where id = %(campaign_id)s"

WAITS_FOR_BUDGET = """
    select c.status = 'paused' and c.status_cause = 'budget' and (c.budget_micros is null or c.budget_micros > s.spent_micros)
      from public.campaigns c join public.campaign_spend s on s.campaign_id = c.id
     where c.id = %(campaign_id)s
"""

STATUS = "select status from public.campaigns where id = %(campaign_id)s"
