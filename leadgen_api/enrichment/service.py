"""Contact sources as members read them."""

from leadgen.domain.enrichment.waterfall import DEFAULT_ORDER
from leadgen_api.access.sessions import Member
from leadgen_api.enrichment import queries
from leadgen_api.enrichment.schemas import OrderChange, Segment, Segments, SourceFigures


async def list_segments(member: Member) -> Segments:
    """Each kind of business the organization has searched: its sources' figures, the order in force and its changes."""
    parameters = {"organization": member.organization_id}
    async with member.tenant() as transaction:
        figures = await transaction.all(queries.STATS, parameters)
        changes = await transaction.all(queries.CHANGES, parameters)
    segments: dict[str, Segment] = {}
    for row in figures:
        name = row.pop("segment")
        segment = segments.setdefault(name, Segment(segment=name, order=list(DEFAULT_ORDER), sources=[], changes=[]))
        segment.sources.append(SourceFigures.of(row))
    for row in changes:
        if (changed := segments.get(row.pop("segment"))) is not None:
            changed.changes.append(OrderChange(**row))
    for segment in segments.values():
        if segment.changes:
            segment.order = segment.changes[0].order_after
    return Segments(items=list(segments.values()))
