"""What members do with notifications."""

from leadgen.store.database import Transaction
from leadgen_api.access.sessions import Member
from leadgen_api.notifications import queries
from leadgen_api.notifications.schemas import Notification, NotificationPage, NotificationPosition, Unread
from leadgen_api.paging import page_of, position_of
from leadgen_api.problems import NotFound


async def list_notifications(member: Member, unread_only: bool, limit: int, cursor: str | None) -> NotificationPage:
    """One page, the newest first."""
    after = position_of(NotificationPosition, cursor)
    asked = {**_whose(member), "id": after.id, "unread": unread_only, "limit": limit + 1}
    async with member.tenant() as transaction:
        rows = await transaction.all(queries.NOTIFICATIONS, asked)
        unread = await _unread(transaction, member)
    page, next_cursor = page_of(NotificationPosition, rows, limit)
    return NotificationPage(items=[Notification.of(row) for row in page], unread=unread, next_cursor=next_cursor)


async def read(member: Member, notification_id: int) -> Unread:
    """The member has read one.

    Raises:
        NotFound: there is no such notification in the member's organization.
    """
    named = {**_whose(member), "id": notification_id}
    async with member.tenant() as transaction:
        if not await transaction.value(queries.EXISTS, named):
            raise NotFound("notification")
        await transaction.execute(queries.READ, named)
        return Unread(unread=await _unread(transaction, member))


async def read_up_to(member: Member, notification_id: int) -> Unread:
    """The member has read all up to this one; what has come since stays unread."""
    async with member.tenant() as transaction:
        await transaction.execute(queries.READ_ALL, {**_whose(member), "id": notification_id})
        return Unread(unread=await _unread(transaction, member))


async def _unread(transaction: Transaction, member: Member) -> int:
    return int(await transaction.value(queries.UNREAD, _whose(member)))


def _whose(member: Member) -> dict[str, object]:
    return {"organization": member.organization_id, "user": member.user_id}
