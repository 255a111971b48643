"""What the demo asks the database, as the pipeline's role under its tenant. `campaign` is the campaign's id."""

CAMPAIGN = """
    select status, status_detail, total_prospects from public.campaigns where id = %(campaign)s
"""

# One row a stage: how many prospects it has handled, the time it was at work, and what it paid.
# The time between two rows belongs to the stage of the later one, so that the times of all stages add up.
STAGES = """
    with finished as (
      select 'prospects' as stage, 'done' as state, created_at as at
        from public.prospects where campaign_id = %(campaign)s
      union all
      select stage, state, finished_at from public.prospect_stages where campaign_id = %(campaign)s
    ), timed as (
      select stage, state, at - lag(at, 1, at) over (order by at) as took from finished
    ), spent as (
      select stage, sum(cost_micros)::bigint as micros
        from public.provider_calls where campaign_id = %(campaign)s group by stage
    )
    select t.stage,
           count(*) filter (where t.state = 'done') as done,
           count(*) filter (where t.state = 'skipped') as skipped,
           count(*) filter (where t.state = 'failed') as failed,
           extract(epoch from sum(t.took))::double precision as seconds,
           coalesce(max(s.micros), 0)::bigint as spent_micros
      from timed t
      left join spent s using (stage)
     group by t.stage
"""

# From the event that started the campaign to its first prospect.
SECONDS_TO_FIRST_LEAD = """
    select extract(epoch from (select min(p.created_at) from public.prospects p where p.campaign_id = %(campaign)s)
                              - min(o.created_at))::double precision
      from public.outbox o
     where o.campaign_id = %(campaign)s
"""

# The ranked leads. A call's price is shared by the prospects whose values name it as their receipt.
LEADS = """
    with named as (
      select prospect_id, provider_call_id as call_id from public.listings where campaign_id = %(campaign)s
      union
      select f.prospect_id, f.provider_call_id from public.field_provenance f
        join public.prospects p on p.id = f.prospect_id where p.campaign_id = %(campaign)s
      union
      select e.prospect_id, e.provider_call_id from public.evidence e
        join public.prospects p on p.id = e.prospect_id where p.campaign_id = %(campaign)s
      union
      select prospect_id, provider_call_id from public.outreach_sequences where campaign_id = %(campaign)s
    ), costs as (
      select n.prospect_id, sum(n.micros)::bigint as micros
        from (select named.prospect_id, c.cost_micros / count(*) over (partition by c.id) as micros
                from named join public.provider_calls c on c.id = named.call_id) n
       group by n.prospect_id
    )
    select p.company_name, p.city, p.website, s.score, s.tier, s.website_quality_score, s.business_size_score,
           s.engagement_score, s.fit_score, s.scoring_factors, c.full_name, c.title, c.email, c.email_verdict,
           coalesce(costs.micros, 0)::bigint as cost_micros,
           coalesce(q.emails, 0) as emails, coalesce(q.longest, 0) as longest_email
      from public.current_lead_scores s
      join public.prospects p on p.id = s.prospect_id
      left join public.contacts c on c.prospect_id = p.id and c.is_primary
      left join costs on costs.prospect_id = p.id
      left join lateral (
        select count(*) as emails, max(e.word_count) as longest
          from public.outreach_sequences o
          join public.outreach_emails e on e.sequence_id = o.id
         where o.prospect_id = p.id and o.superseded_at is null) q on true
     where s.campaign_id = %(campaign)s
     order by s.score desc, p.company_name, p.id
"""

# The sequence of the best lead that has one.
BEST_SEQUENCE = """
    select p.company_name, c.full_name, c.email, e.step_number, e.delay_days, e.subject, e.body_text, e.word_count
      from public.outreach_emails e
      join public.outreach_sequences o on o.id = e.sequence_id
      join public.prospects p on p.id = o.prospect_id
      left join public.contacts c on c.id = o.contact_id
     where o.id = (select o.id
                     from public.outreach_sequences o
                     join public.current_lead_scores s on s.prospect_id = o.prospect_id
                     join public.prospects p on p.id = o.prospect_id
                    where o.campaign_id = %(campaign)s and o.superseded_at is null
                    order by s.score desc, p.company_name, p.id
                    limit 1)
     order by e.step_number
"""

VENDORS = """
    select vendor,
           count(*) filter (where status <> 'cached') as calls,
           count(*) filter (where status = 'cached') as known,
           sum(cost_micros)::bigint as cost_micros,
           sum(saved_micros)::bigint as saved_micros
      from public.provider_calls
     where campaign_id = %(campaign)s
     group by vendor
     order by sum(cost_micros) desc, vendor
"""

LISTINGS = "select source, source_id, prospect_id from public.listings where campaign_id = %(campaign)s"

# What vendors said of another world does not hold in this one.
FORGET_ANSWERS = "update public.provider_answers set expires_at = now() where expires_at > now()"
