"""A shopping cart in plain Python: a first state, and `evolve`, which gives the state after an event."""

from decimal import Decimal


def initial():
    """The state before the first event."""
    return {"status": "Empty", "items": {}, "total": Decimal("0")}


def evolve(state, event):
    """The state after an event, a dict with the keys of `esviewer events --json`."""
    kind, data = event["type"], event["data"]
    if kind == "ShoppingCartOpened":
        return {**state, "status": "Opened", "clientId": data["clientId"], "openedAt": event["timestamp"]}
    if kind == "ProductItemAdded":
        item = data["productItem"]
        already = state["items"].get(item["productId"], {"quantity": 0})["quantity"]
        bought = {"quantity": already + item["quantity"], "unitPrice": item["unitPrice"]}
        total = state["total"] + item["quantity"] * Decimal(str(item["unitPrice"]))
        return {**state, "items": {**state["items"], item["productId"]: bought}, "total": total}
    if kind == "ShoppingCartConfirmed":
        return {**state, "status": "Confirmed"}
    if kind == "ShoppingCartDeleted":
        return None
    raise ValueError(f"a cart knows no {kind}")
