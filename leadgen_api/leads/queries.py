"""SQL of prospects and leads: what a campaign found, what it is worth, and everything known of one."""

from typing import LiteralString

# In the order they were found, scored or not.
PROSPECTS: LiteralString = """
select p.id, p.company_name, p.category, p.city, p.state, p.website, p.phone, p.status, p.distance_meters, p.created_at
  from public.prospects p
 where p.organization_id = %(organization)s and p.campaign_id = %(campaign)s
   and (p.created_at, p.id) > (%(created_at)s, %(id)s)
 order by p.created_at, p.id
 limit %(limit)s
"""

# Best first.
LEADS: LiteralString = """
select p.id, p.company_name, p.category, p.city, p.state, p.website, p.phone, p.status, p.distance_meters,
       l.score, l.tier, l.confidence, c.full_name as contact_name, c.title as contact_title, c.email as contact_email,
       c.email_verdict, e.website_status
  from public.current_lead_scores l
  join public.prospects p on p.id = l.prospect_id
  left join public.contacts c on c.prospect_id = p.id and c.is_primary
  left join public.current_enrichment e on e.prospect_id = p.id and e.stage = 'website_profiles'
 where l.organization_id = %(organization)s and l.campaign_id = %(campaign)s and l.tier = any (%(tiers)s)
   and (l.score, l.prospect_id) < (%(score)s, %(id)s)
 order by l.score desc, l.prospect_id desc
 limit %(limit)s
"""

LEAD: LiteralString = """
select p.id, p.campaign_id, k.name as campaign_name, p.company_name, p.category, p.website, p.phone, p.address, p.city,
       p.state, p.zip_code, p.status, p.status_reason, p.distance_meters,
       l.score, l.tier, l.confidence, l.scoring_factors, l.scoring_notes,
       w.website_status, w.website_score, w.mobile_score, w.has_ssl, w.page_speed_ms, w.has_booking, w.tech_stack,
       w.google_rating, w.google_review_count, w.yelp_rating, w.yelp_review_count,
       r.company_summary, r.employee_count_range, coalesce(r.year_founded, w.year_founded) as year_founded
  from public.prospects p
  join public.campaigns k on k.id = p.campaign_id
  left join public.current_lead_scores l on l.prospect_id = p.id
  left join public.current_enrichment w on w.prospect_id = p.id and w.stage = 'website_profiles'
  left join public.current_enrichment r on r.prospect_id = p.id and r.stage = 'research'
 where p.organization_id = %(organization)s and p.id = %(lead)s
"""

CONTACTS: LiteralString = """
select id, full_name, title, email, phone, linkedin_url, email_verdict, email_verdict_reason, email_verification_date,
       is_role_mailbox, is_primary, is_decision_maker, source
  from public.contacts
 where organization_id = %(organization)s and prospect_id = %(lead)s
 order by is_primary desc, is_decision_maker desc, email, id
"""

EVIDENCE: LiteralString = """
select id, kind, statement, quote, source_url, confidence, provider_call_id
  from public.evidence
 where organization_id = %(organization)s and prospect_id = %(lead)s and superseded_at is null
 order by kind, statement, id
"""

EMAILS: LiteralString = """
select s.id as sequence_id, s.status, e.step_number, e.delay_days, e.subject, e.body_text, e.word_count, e.claims
  from public.outreach_sequences s join public.outreach_emails e on e.sequence_id = s.id
 where s.organization_id = %(organization)s and s.prospect_id = %(lead)s and s.superseded_at is null
 order by s.id, e.step_number
"""

RECEIPTS: LiteralString = """
select v.field, v.provider, v.quote, v.confidence, v.recorded_at, v.provider_call_id, c.operation, c.cost_micros,
       c.saved_micros
  from public.field_provenance v
  left join public.provider_calls c on c.id = v.provider_call_id
 where v.organization_id = %(organization)s and v.prospect_id = %(lead)s and v.superseded_at is null
 order by v.recorded_at, v.id
"""
