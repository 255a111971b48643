"""SQL of outreach: the leads to write to, with what may be said to them, and the drafts."""

from typing import LiteralString

# Tiers A and B with a deliverable primary contact are written to; the others get a reason instead.
DUE: LiteralString = """
select p.id, p.company_name, p.category, p.city, p.website, p.domain, p.phone, l.tier, l.score,
       c.id as contact_id, c.first_name, c.last_name, c.full_name, c.title, c.email, c.email_verdict, c.is_role_mailbox,
       coalesce((select jsonb_agg(jsonb_build_object('id', e.id, 'statement', e.statement, 'quote', e.quote)
                                  order by e.confidence desc, e.kind, e.statement, e.id)
                   from (select * from public.evidence e
                          where e.prospect_id = p.id and e.superseded_at is null
                          order by e.confidence desc, e.kind, e.statement, e.id limit 12) e), '[]') as evidence
  from public.prospects p
  join public.prospect_stages u on u.prospect_id = p.id and u.stage = %(upstream)s
  join public.current_lead_scores l on l.prospect_id = p.id
  left join public.prospect_stages s on s.prospect_id = p.id and s.stage = %(stage)s
  left join public.contacts c on c.prospect_id = p.id and c.is_primary
 where p.campaign_id = %(campaign)s
   and p.status <> 'disqualified'
   and (s.prospect_id is null or s.version <> %(version)s or s.finished_at < u.finished_at
        or s.finished_at < %(refresh_before)s::timestamptz)
 order by l.score desc, p.id
 limit %(slice)s
"""

# The same content to the same contact is the same sequence, whatever was decided about it; other content supersedes.
SAVE_SEQUENCES: LiteralString = """
with incoming as materialized (
  select * from json_populate_recordset(null::public.outreach_sequences, %(json)s)
), superseded as (
  update public.outreach_sequences d set superseded_at = now()
    from incoming i
   where d.prospect_id = i.prospect_id and d.sequence_type = i.sequence_type and d.superseded_at is null
     and d.content_hash <> i.content_hash and d.status in ('draft', 'pending_approval', 'approved', 'rejected')
  returning d.prospect_id
)
insert into public.outreach_sequences
  (id, organization_id, campaign_id, prospect_id, contact_id, sequence_type, status, content_hash, code_version,
   provider_call_id)
select i.id, (select app.pipeline_organization_id()), %(campaign)s, i.prospect_id, i.contact_id, i.sequence_type,
       'pending_approval', i.content_hash, i.code_version, i.provider_call_id
  from incoming i
 where i.prospect_id in (select prospect_id from superseded)
    or not exists (select 1 from public.outreach_sequences d
                    where d.prospect_id = i.prospect_id and d.sequence_type = i.sequence_type
                      and d.superseded_at is null)
"""

# A lead that is no longer written to keeps no draft that waits for approval.
WITHDRAW_SEQUENCES: LiteralString = """
update public.outreach_sequences set superseded_at = now()
 where prospect_id = any (%(ids)s) and superseded_at is null and status in ('draft', 'pending_approval')
"""

SAVE_EMAILS: LiteralString = """
insert into public.outreach_emails
  (organization_id, sequence_id, step_number, delay_days, subject, body_html, body_text, word_count, claims,
   personalization_data)
select (select app.pipeline_organization_id()), i.sequence_id, i.step_number, i.delay_days, i.subject, i.body_html,
       i.body_text, i.word_count, coalesce(i.claims, '[]'), coalesce(i.personalization_data, '{}')
  from json_populate_recordset(null::public.outreach_emails, %(json)s) i
  join public.outreach_sequences s on s.id = i.sequence_id
    on conflict (sequence_id, step_number) do nothing
"""

MARK_PENDING: LiteralString = """
update public.prospects set status = 'outreach_pending' where id = any (%(ids)s) and status in ('enriched', 'scored')
"""

REMAINING: LiteralString = """
select count(*) as remaining from public.prospects p
 where p.campaign_id = %(campaign)s and p.status <> 'disqualified'
   and not exists (select 1 from public.prospect_stages s where s.prospect_id = p.id and s.stage = 'email_drafts')
"""

CONTINUE_CAMPAIGN: LiteralString = """
insert into public.outbox (organization_id, campaign_id, kind)
values ((select app.pipeline_organization_id()), %(campaign)s, 'campaign.continued')
"""

CHECK_SHORT: LiteralString = """
select count(*) as total, count(*) filter (where e.word_count >= 150) as failing
  from public.outreach_emails e join public.outreach_sequences s on s.id = e.sequence_id
 where s.campaign_id = %(campaign)s and s.superseded_at is null
"""

CHECK_DELIVERABLE: LiteralString = """
select count(*) as total,
       count(*) filter (where c.id is null or c.email is null or c.email_verdict is distinct from 'valid') as failing
  from public.outreach_sequences s left join public.contacts c on c.id = s.contact_id
 where s.campaign_id = %(campaign)s and s.superseded_at is null and s.sequence_type = 'email'
"""

# Every claim names evidence that is stored for that business.
CHECK_CITED: LiteralString = """
select count(*) as total,
       count(*) filter (where exists (
         select 1 from jsonb_array_elements(e.claims) claim
          where not exists (select 1 from public.evidence v
                             where v.id = (claim ->> 'evidence_id')::uuid and v.prospect_id = s.prospect_id))) as failing
  from public.outreach_emails e join public.outreach_sequences s on s.id = e.sequence_id
 where s.campaign_id = %(campaign)s and s.superseded_at is null
"""

CHECK_TIERS: LiteralString = """
select count(*) as total, count(*) filter (where l.tier not in ('A', 'B')) as failing
  from public.outreach_sequences s join public.current_lead_scores l on l.prospect_id = s.prospect_id
 where s.campaign_id = %(campaign)s and s.superseded_at is null
"""

DRAFTS: LiteralString = """
select count(*) as sequences, count(*) filter (where status = 'pending_approval') as pending
  from public.outreach_sequences where campaign_id = %(campaign)s and superseded_at is null
"""
