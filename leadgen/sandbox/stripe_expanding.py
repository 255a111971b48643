"""`expand`: ids in an answer replaced by the objects themselves, and what is shown only when it is asked for."""

from copy import deepcopy
from typing import Any

from leadgen.sandbox.stripe_account import Account
from leadgen.sandbox.stripe_answers import Refused, Thing, whole
from leadgen.sandbox.stripe_checkout import shown_line_items
from leadgen.sandbox.stripe_life import has_ended

_DEEPEST = 4
_KINDS = {
    "cus": "customer",
    "evt": "event",
    "in": "invoice",
    "ii": "invoiceitem",
    "mtr": "billing.meter",
    "pm": "payment_method",
    "price": "price",
    "prod": "product",
    "sub": "subscription",
}


def expanded(account: Account, answer: Thing, paths: list[str]) -> Thing:
    """A copy of an answer in which each of these paths (`latest_invoice`, `data.customer`) is expanded.

    Raises:
        Refused: there is nothing to expand there, or it is too deep.
    """
    answer = deepcopy(answer)
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST:
            raise Refused("You cannot expand more than 4 levels of a property.", param="expand")
        _expand(account, answer, parts, path)
    return answer


def _expand(account: Account, node: Any, parts: list[str], path: str) -> None:
    if isinstance(node, list):
        for entry in node:
            _expand(account, entry, parts, path)
        return
    if not parts or node is None:
        return
    name, *rest = parts
    if not isinstance(node, dict):
        raise _nothing(path)
    if name not in node:
        node[name] = _hidden(account, node, name, path)
    value = node[name]
    if isinstance(value, str):
        found = account.kinds[_KINDS.get(value.partition("_")[0], "")].get(value)
        if found is None:
            raise _nothing(path)
        node[name] = deepcopy(found)
    _expand(account, node[name], rest, path)


def _hidden(account: Account, node: Thing, name: str, path: str) -> Any:
    kind = node.get("object"), name
    if kind == ("checkout.session", "line_items"):
        return deepcopy(shown_line_items(account, node))
    if kind == ("price", "tiers"):
        return deepcopy(account.tiers[node["id"]]) or None
    if kind == ("customer", "subscriptions"):
        theirs = [one for one in account.of("subscription") if one["customer"] == node["id"] and not has_ended(one)]
        return deepcopy(whole(f"/v1/customers/{node['id']}/subscriptions", theirs))
    raise _nothing(path)


def _nothing(path: str) -> Refused:
    return Refused(f"This property cannot be expanded ({path}).", param="expand")
