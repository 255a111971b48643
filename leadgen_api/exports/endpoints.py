"""/v1/campaigns/{id}/export"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from leadgen_api.access.sessions import SignedIn
from leadgen_api.exports import service
from leadgen_api.exports.formats import Format
from leadgen_api.fields import AsOf
from leadgen_api.leads.schemas import Tier
from leadgen_api.problems import documented

router = APIRouter(prefix="/v1", tags=["exports"], responses=documented(401, 404, 422, 503))


@router.get("/campaigns/{campaign_id}/export", response_class=StreamingResponse)
async def export_leads(
    member: SignedIn,
    campaign_id: UUID,
    tier: Annotated[list[Tier], Query(default_factory=list)],
    format: Format = "csv",  # noqa: A002  the word of the URL
    as_of: AsOf = None,
) -> StreamingResponse:
    """The campaign's scored leads as a file, best first. `LeadGen-As-Of` tells the instant: asked for again with it, the file
    is the same, byte for byte.
    """
    export = await service.export_leads(member, campaign_id, format, as_of, tier)
    name = f"leads-{campaign_id}-{export.as_of:%Y%m%dT%H%M%SZ}.{format}"
    return StreamingResponse(
        export.text,
        media_type=export.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "LeadGen-As-Of": export.as_of.isoformat(),
        },
    )
