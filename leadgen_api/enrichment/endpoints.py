"""/v1/contact-sources"""

from fastapi import APIRouter

from leadgen_api.access.sessions import SignedIn
from leadgen_api.enrichment import service
from leadgen_api.enrichment.schemas import Segments
from leadgen_api.problems import documented

router = APIRouter(prefix="/v1", tags=["enrichment"], responses=documented(401, 503))


@router.get("/contact-sources")
async def list_contact_sources(member: SignedIn) -> Segments:
    """What each source of contacts was asked and gave by kind of business, the order in force, and why it changed."""
    return await service.list_segments(member)
