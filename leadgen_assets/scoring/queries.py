"""SQL of the scoring asset: what it reports and checks. The scorer itself stands in `leadgen/store/scoring`."""

from typing import LiteralString

TIERS: LiteralString = """
select tier, count(*) as leads, min(score) as lowest, max(score) as highest
  from public.current_lead_scores
 where campaign_id = %(campaign)s
 group by tier
 order by tier
"""

CHECK_TIER_MATCHES: LiteralString = """
select count(*) as total,
       count(*) filter (where tier <> case when score >= 75 then 'A' when score >= 50 then 'B' when score >= 25 then 'C'
                                           else 'D' end) as failing
  from public.current_lead_scores
 where campaign_id = %(campaign)s
"""

CHECK_FACTORS_ADD_UP: LiteralString = """
select count(*) as total,
       count(*) filter (where score <> (select coalesce(sum((f ->> 'points')::integer), 0)
                                          from json_array_elements(scoring_factors) f)) as failing
  from public.current_lead_scores
 where campaign_id = %(campaign)s
"""
