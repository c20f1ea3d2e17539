"""Documents in a form that a test can state: line by line, with names instead of ids."""

from decimal import Decimal

from integrations.connecting import check_books
from sync.models import Posting
from tests.support.ledger import Ledger, dec


def lines_of(world, sale):
    """(item or SKU, amount, tax code, quantity, unit price) of each line; what is not there is None."""
    books = world.books()
    codes = {code["Id"]: code["Name"] for code in books["TaxCode"]}
    return [_line(item, line, codes) for item, line in Ledger(books).lines(sale)]


def _line(item, line, codes):
    detail = line["SalesItemLineDetail"]
    code = detail.get("TaxCodeRef", {}).get("value")
    return (
        item.get("Sku", item["Name"]),
        dec(line["Amount"]),
        codes.get(code, code),
        detail.get("Qty"),
        None if detail.get("UnitPrice") is None else dec(detail["UnitPrice"]),
    )


def taxes_of(world, sale):
    """The tax at each rate, by the rate's name."""
    names = {rate["Id"]: rate["Name"] for rate in world.books()["TaxRate"]}
    return {names[rate]: tax for rate, tax in Ledger(world.books()).tax_by_rate(sale).items()}


def sent(entity):
    """The payload of the only document of a type that was sent to the books."""
    return Posting.objects.get(books_type=entity).payload


def new_tax_code(world, name, percent):
    """Somebody adds a tax code of one rate in QuickBooks, and refreshes the tax page here."""
    rate = {"Name": f"{name} (rate)", "RateValue": Decimal(percent), "Active": True, "AgencyRef": {"value": "1"}}
    rate_id = world.quickbooks.add(world.realm, "TaxRate", rate)["TaxRate"]["Id"]
    detail = {"TaxRateRef": {"value": rate_id}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
    code = {"Name": name, "Active": True, "Taxable": True, "TaxGroup": True}
    rates = {"SalesTaxRateList": {"TaxRateDetail": [detail]}, "PurchaseTaxRateList": {"TaxRateDetail": []}}
    world.quickbooks.add(world.realm, "TaxCode", {**code, **rates})
    check_books(world.integration.books, clock=world.time.clock)


def place_example(world, name):
    """A worked example of the shop; returns its order as the shop has it."""
    return world.ecwid.control("POST", f"stores/{world.store_id}/examples/{name}")
