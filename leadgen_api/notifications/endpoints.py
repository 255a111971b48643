"""/v1/notifications: warnings of spending, and what else members are told."""

from fastapi import APIRouter

from leadgen_api.access.sessions import SignedIn
from leadgen_api.notifications import service
from leadgen_api.notifications.schemas import NotificationId, NotificationPage, ReadUpTo, Unread
from leadgen_api.paging import Cursor, Limit
from leadgen_api.problems import documented

router = APIRouter(prefix="/v1/notifications", tags=["notifications"], responses=documented(401, 422, 503))


@router.get("")
async def list_notifications(
    member: SignedIn, unread: bool = False, limit: Limit = 50, cursor: Cursor = None
) -> NotificationPage:
    """What there is to tell, the newest first; `unread` leaves out what the asker has read."""
    return await service.list_notifications(member, unread, limit, cursor)


@router.post("/{notification_id}/read", responses=documented(404))
async def read_notification(member: SignedIn, notification_id: NotificationId) -> Unread:
    """The asker has read it. Colleagues have marks of their own."""
    return await service.read(member, notification_id)


@router.post("/read")
async def read_notifications(member: SignedIn, up_to: ReadUpTo) -> Unread:
    """The asker has read all up to one."""
    return await service.read_up_to(member, up_to.id)
