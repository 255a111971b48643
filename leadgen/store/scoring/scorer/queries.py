"""The scorer as one statement: over a relation `facts` (a row a prospect) every factor's points and reason, rules and caps.

The same as `leadgen/domain/scoring`, which is the reference; weights, rules, caps, thresholds and words are parameters
(`leadgen/store/scoring/parameters.py`). A subquery that ends in `offset 0` is computed once a row, not once a use.
"""

from typing import LiteralString

# ruff: noqa: S608, ISC004 -- composed of constants of this module alone, in pairs of share and reason; every value is bound

WEBSITE = ("website", "mobile", "search", "security", "speed", "booking", "social_gap", "technology")
SIZE = ("reviews", "employees", "age")
ENGAGEMENT = ("contact", "decision_maker", "rating", "socials")
FIT = ("category", "distance", "criteria")
FACTORS = WEBSITE + SIZE + ENGAGEMENT + FIT

Assessment = tuple[LiteralString, LiteralString]  # a share of the factor's points, null when unknown, and the reason


def _each(
    template: LiteralString, between: LiteralString, factors: tuple[LiteralString, ...] = FACTORS
) -> LiteralString:
    """The template once a factor."""
    return between.join([template.replace("{}", factor) for factor in factors])


def _clamped(share: LiteralString) -> LiteralString:
    """A share that is never null, kept within 0..1."""
    return f"least(greatest({share}, 0::double precision), 1)"


def _between(value: LiteralString, worst: LiteralString, best: LiteralString) -> LiteralString:
    """Where a value that is never null lies from `worst` (0) to `best` (1), by the names of their parameters."""
    parameters = f"%({worst})s::double precision", f"%({best})s::double precision"
    return _clamped(f"({value} - {parameters[0]}) / ({parameters[1]} - {parameters[0]})")


def _turned(quality: LiteralString) -> LiteralString:
    """What a quality of the site is worth: turned round for those who sell the improvement."""
    return f"{quality} * %(turn)s::double precision + %(turned_zero)s::double precision"


def _tenths(value: LiteralString) -> LiteralString:
    """One decimal, halves up."""
    tenths = f"floor({value} * 10 + 0.5)::bigint"
    return f"({tenths} / 10) || '.' || ({tenths} %% 10)"


def _of_site(share: LiteralString, reason: LiteralString, fact: LiteralString) -> Assessment:
    """Measures of a site: without one as if it were the worst, unknown when nobody looked."""
    return (
        f"case when has_no_site then %(turned_zero)s::double precision when {fact} is not null then {_turned(share)} end",
        f"case when has_no_site then 'no site of its own' when {fact} is not null then {reason} else 'not measured' end",
    )


READ: LiteralString = """
select f.*, f.website_status in ('none', 'social', 'unreachable', 'parked') as has_no_site,
       case when f.employee_count_range ~ ('^' || %(range_of_numbers)s::text || '$')
            then (split_part(e.ends, '-', 1)::double precision
                  + coalesce(nullif(split_part(e.ends, '-', 2), ''), split_part(e.ends, '-', 1))::double precision) / 2 end
         as employees,
       case when f.year_founded is not null then greatest(%(as_of_year)s::integer - f.year_founded, 0) end
         as years_in_business,
       jsonb_array_length(f.technologies) as technology_count, cardinality(f.socials) as network_count
  from facts f
 cross join lateral (select translate(f.employee_count_range, '–, +', '-') as ends) e
offset 0
"""

ASKED: LiteralString = """
select r.*,
       case when %(min_employees)s::integer is not null then employees >= %(min_employees)s end as enough_employees,
       case when %(max_employees)s::integer is not null then employees <= %(max_employees)s end as not_too_many,
       case when %(min_rating)s::double precision is not null then rating >= %(min_rating)s end as well_rated,
       case when %(min_reviews)s::integer is not null then review_count >= %(min_reviews)s end as well_reviewed,
       case when %(must_have_website)s::boolean and website_status <> 'unknown' then not has_no_site end as with_website,
       case when %(must_have_email)s::boolean then has_deliverable_contact end as with_email
  from read r
"""

_CRITERIA: tuple[tuple[LiteralString, LiteralString, LiteralString], ...] = (
    ("enough_employees", "%(min_employees)s::integer is not null", "enough employees"),
    ("not_too_many", "%(max_employees)s::integer is not null", "not too many employees"),
    ("well_rated", "%(min_rating)s::double precision is not null", "rating"),
    ("well_reviewed", "%(min_reviews)s::integer is not null", "reviews"),
    ("with_website", "%(must_have_website)s::boolean", "website"),
    ("with_email", "%(must_have_email)s::boolean", "email"),
)
_MISSED = (
    "concat_ws(', ', " + ", ".join(f"case when {met} is false then '{name}' end" for met, _, name in _CRITERIA) + ")"
)
_OPEN = (
    "concat_ws(', ', "
    + ", ".join(f"case when {asked} and {met} is null then '{name}' end" for met, asked, name in _CRITERIA)
    + ")"
)
_MET = " + ".join(
    f"case when {asked} then coalesce({met}::integer::double precision, 0.5) else 0 end" for met, asked, _ in _CRITERIA
)
_ANSWERED = "num_nonnulls(" + ", ".join(met for met, _, _ in _CRITERIA) + ")"

_NETWORKS: LiteralString = _clamped("network_count / %(enough_networks)s::double precision")
_ON_NETWORKS: LiteralString = "coalesce('on ' || network_count || ' social networks', 'not looked for')"
_FAR: LiteralString = "distance_meters is not null and %(radius_meters)s::double precision is not null"

_ASSESSMENTS: dict[LiteralString, Assessment] = {
    "website": (
        "(%(worth_of_statuses)s::jsonb ->> website_status)::double precision",
        "%(status_words)s::jsonb ->> website_status",
    ),
    "mobile": _of_site(
        _clamped("mobile_score / 100::double precision"), "'on a phone ' || mobile_score || '/100'", "mobile_score"
    ),
    "search": _of_site(
        _clamped("website_score / 100::double precision"),
        "'for search engines ' || website_score || '/100'",
        "website_score",
    ),
    "security": _of_site(
        "has_ssl::integer::double precision", "case when has_ssl then 'https' else 'no https' end", "has_ssl"
    ),
    "speed": _of_site(
        f"(1 - {_between('page_speed_ms', 'fast_ms', 'slow_ms')})",
        f"'loads in ' || {_tenths('(page_speed_ms / 1000::double precision)')} || ' s'",
        "page_speed_ms",
    ),
    "booking": (
        f"case when has_booking is not null then {_turned('has_booking::integer::double precision')}"
        " when has_no_site then %(turned_zero)s::double precision end",
        "case when has_booking then 'takes bookings online' when not has_booking then 'no online booking'"
        " when has_no_site then 'no site of its own' else 'not measured' end",
    ),
    "social_gap": (f"case when socials is not null then {_turned(_NETWORKS)} end", _ON_NETWORKS),
    "technology": (
        "case when technologies is not null"
        f" then {_clamped('technology_count / %(enough_technologies)s::double precision')} when has_no_site then 0 end",
        "case when technologies is not null then technology_count || ' technologies in use'"
        " when has_no_site then 'no site of its own' else 'not looked for' end",
    ),
    "reviews": (
        "case when review_count is not null"
        f" then {_between('ln(1 + greatest(review_count, 0)::double precision)', 'few_reviews', 'many_reviews')} end",
        "case when review_count is null then 'unknown' else greatest(review_count, 0) || ' reviews' end",
    ),
    "employees": (
        f"case when employees is not null then {_between('ln(1 + employees)', 'one_person', 'enough_employees')} end",
        "case when employees is null then 'unknown' else employee_count_range || ' employees' end",
    ),
    "age": (
        "case when years_in_business is not null"
        f" then {_clamped('years_in_business / %(enough_years)s::double precision')} end",
        "coalesce(years_in_business || ' years in business', 'unknown')",
    ),
    "contact": (
        "case when has_deliverable_contact then 1 when has_deliverable_contact is null then null"
        " when has_phone then %(phone_only)s::double precision else 0 end",
        "case when has_deliverable_contact then 'a deliverable address' when has_deliverable_contact is null"
        " then 'not looked for' when has_phone then 'a phone only' else 'no deliverable address' end",
    ),
    "decision_maker": (
        "has_decision_maker::integer::double precision",
        "case when has_decision_maker then 'known' when has_decision_maker is null then 'not looked for' else 'not known' end",
    ),
    "rating": (
        f"case when rating is not null then {_between('rating', 'poor_rating', 'fine_rating')} end",
        f"coalesce('rated ' || {_tenths('rating')}, 'unknown')",
    ),
    "socials": (f"case when socials is not null then {_NETWORKS} end", _ON_NETWORKS),
    "category": (
        "is_relevant::integer::double precision",
        "case when is_relevant then 'the business sought' when is_relevant is null then 'unknown'"
        " else 'another business' end",
    ),
    "distance": (
        f"case when {_FAR} then 1 - {_between('distance_meters / %(radius_meters)s', 'near_share', 'whole_radius')} end",
        f"case when {_FAR} then {_tenths('(distance_meters / %(meters_per_mile)s::double precision)')}"
        " || ' miles from the center' else 'unknown' end",
    ),
    "criteria": (
        f"case when %(criteria_asked)s::integer = 0 then 0.5 when {_ANSWERED} > 0"
        f" then ({_MET}) / nullif(%(criteria_asked)s::integer, 0) end",
        f"case when %(criteria_asked)s::integer = 0 then 'nothing asked' when {_ANSWERED} = 0 then 'unknown: ' || {_OPEN}"
        f" else coalesce(nullif(concat_ws('; ', 'missed: ' || nullif({_MISSED}, ''), 'unknown: ' || nullif({_OPEN}, '')), ''),"
        " 'all met') end",
    ),
}

ASSESSED: LiteralString = (
    """
select a.*,
       """
    + ",\n       ".join(
        f"case when %({name}_most)s::integer > 0 then {share} end as {name}_share,"
        f" case when %({name}_most)s::integer > 0 then {reason} end as {name}_reason"
        for name, (share, reason) in _ASSESSMENTS.items()
    )
    + """
  from asked a
offset 0
"""
)

POINTED: LiteralString = f"""
select a.*,
       {
    _each(
        "case when %({}_most)s::integer > 0"
        " then floor(%({}_most)s * coalesce({}_share, %(neutral)s::double precision) + 0.5)::integer else 0 end as {}_points",
        ''',
       ''',
    )
}
  from assessed a
offset 0
"""


def _sum(factors: tuple[LiteralString, ...]) -> LiteralString:
    return _each("{}_points", " + ", factors)


_KNOWN: LiteralString = (
    "case when %({}_most)s::integer > 0 and {}_share is not null then %({}_most)s::integer else 0 end"
)

SUMMED: LiteralString = f"""
select p.*, {_sum(WEBSITE)} as website_points_sum, {_sum(SIZE)} as size_points_sum,
       {_sum(ENGAGEMENT)} as engagement_points_sum, {_sum(FIT)} as fit_points_sum,
       {_each(_KNOWN, " + ")} as known_points,
       case when %(adjusts)s::boolean then jsonb_strip_nulls(jsonb_build_object(
         'website_status', nullif(website_status, 'unknown'), 'website_score', website_score, 'mobile_score', mobile_score,
         'has_ssl', has_ssl, 'page_speed_ms', page_speed_ms, 'has_booking', has_booking, 'technologies', technologies,
         'socials', socials, 'cms', cms, 'ecommerce_platform', ecommerce_platform, 'rating', rating,
         'review_count', review_count, 'employees', employees, 'years_in_business', years_in_business,
         'category', category, 'city', city, 'state', state, 'zip_code', zip_code, 'distance_meters', distance_meters,
         'has_phone', has_phone, 'has_deliverable_contact', has_deliverable_contact,
         'has_decision_maker', has_decision_maker, 'contact_title', contact_title)) end as fields
  from pointed p
offset 0
"""

# Capitals of ASCII alone do not count, in every locale.
_HOLDS: LiteralString = """
         case when q.operator = 'known' then s.fields -> q.field is not null
              when q.operator = 'unknown' then s.fields -> q.field is null
              when s.fields -> q.field is null then null
              when q.operator = 'at_least' then (s.fields ->> q.field)::double precision >= q.number
              when q.operator = 'at_most' then (s.fields ->> q.field)::double precision <= q.number
              when q.operator in ('yes', 'no') then (s.fields ->> q.field)::boolean = (q.operator = 'yes')
              when jsonb_typeof(s.fields -> q.field) = 'array'
              then exists (select from jsonb_array_elements_text(s.fields -> q.field) t
                            where q.texts ? lower(t collate "C"))
              else q.texts ? lower((s.fields ->> q.field) collate "C") end"""

# Rules, then the lowest cap of each component, then the limit of 0..25; each with its line.
ADJUSTED: LiteralString = f"""
select s.*, coalesce(j.website_quality, website_points_sum) as website_quality,
       coalesce(j.business_size, size_points_sum) as business_size,
       coalesce(j.engagement, engagement_points_sum) as engagement, coalesce(j.fit, fit_points_sum) as fit,
       coalesce(j.lines, '') as adjustments, j.silent, coalesce(j.known_points, 0) as known_adjustments
  from summed s
  left join lateral (
    with rules as materialized (
      select q.*, {_HOLDS} as holds
        from jsonb_to_recordset(%(rules)s::jsonb) as q
          (n integer, component text, field text, operator text, number double precision, texts jsonb, points integer,
           name text, line jsonb, unknown_line jsonb)
    ), caps as materialized (
      select q.*
        from jsonb_to_recordset(%(caps)s::jsonb) as q
          (n integer, component text, field text, operator text, number double precision, texts jsonb, most integer,
           line jsonb)
       where {_HOLDS}
    ), ruled as (
      select c.n, c.component, c.points + coalesce(sum(r.points), 0)::integer as points
        from (values (1, 'website_quality', s.website_points_sum), (2, 'business_size', s.size_points_sum),
                     (3, 'engagement', s.engagement_points_sum), (4, 'fit', s.fit_points_sum)) c (n, component, points)
        left join rules r on r.component = c.component and r.holds
       group by c.n, c.component, c.points
    ), capped as materialized (
      select u.n, u.component, k.line || jsonb_build_object('points', k.most - u.points) as cap_line,
             h.reached, h.points, %(limit_line)s::jsonb
               || jsonb_build_object('component', u.component, 'points', h.points - h.reached) as limit_line
        from ruled u
        left join lateral (select * from caps k where k.component = u.component and k.most < u.points
                            order by k.most, k.n limit 1) k on true
       cross join lateral (select coalesce(k.most, u.points) as reached,
                                  least(greatest(coalesce(k.most, u.points), 0), 25) as points) h
    )
    select (select points from capped where n = 1) as website_quality, (select points from capped where n = 2) as business_size,
           (select points from capped where n = 3) as engagement, (select points from capped where n = 4) as fit,
           concat_ws('', (select string_agg(', ' || (case when holds then line else unknown_line end)::text, '' order by n)
                            from rules where holds is not false),
                     (select string_agg(', ' || cap_line::text, '' order by n) from capped),
                     (select string_agg(', ' || limit_line::text, '' order by n) from capped where points <> reached)) as lines,
           (select string_agg(name, ', ' order by n) from rules where holds is null) as silent,
           (select sum(abs(points)) from rules where holds is not null) as known_points
  ) j on %(adjusts)s::boolean
offset 0
"""

# The line of a factor: what is the same for all, points, reason. A factor that does not count has no line.
_LINE = (
    '%({}_line)s::text || {}_points || \', "reason": "\' || {}_reason '
    '|| case when {}_share is null then \'", "known": false}\' else \'", "known": true}\' end'
)
_UNKNOWN = "case when {}_share is null and %({}_most)s::integer > 0 then %({}_name)s::text end"

SCORED: LiteralString = f"""
select a.id, a.organization_id, a.campaign_id, website_quality + business_size + engagement + fit as score,
       case when website_quality + business_size + engagement + fit >= 75 then 'A'
            when website_quality + business_size + engagement + fit >= 50 then 'B'
            when website_quality + business_size + engagement + fit >= 25 then 'C' else 'D' end as tier,
       (known_points + known_adjustments) / %(askable_points)s::double precision as confidence,
       website_quality, business_size, engagement, fit,
       ('[' || concat_ws(', ', {
    _each(
        _LINE,
        ''',
                         ''',
    )
}) || adjustments || ']')::json as factors,
       concat_ws(' ', 'Unknown, so counted in the middle: ' || nullif(concat_ws(', ', {
    _each(
        _UNKNOWN,
        ''',
                         ''',
    )
}), '') || '.', 'Unknown, so without effect: ' || silent || '.') as notes
  from adjusted a
offset 0
"""

SCORER: LiteralString = f"""
read as ({READ}), asked as ({ASKED}), assessed as ({ASSESSED}), pointed as ({POINTED}), summed as ({SUMMED}),
adjusted as ({ADJUSTED}), scored as ({SCORED})
"""
