"""Refusals in QuickBooks' own words: a code, its standing message, and a detail."""

from typing import Any

MESSAGES = {
    500: "Unsupported Operation",
    600: "Duplicate Request ID",
    610: "Object Not Found",
    620: "Transaction cannot be linked",
    1040: "Batch limit exceeded",
    2010: "Request has invalid or unsupported property",
    2020: "Required param missing, need to supply the required value for the API",
    2030: "Invalid ID",
    2040: "Invalid String. The string contains characters that are not supported",
    2050: "String length is either shorter or longer than supported by specification",
    2060: "Invalid date format",
    2090: "Invalid Number",
    2130: "Invalid Request ID format",
    2140: "Amount is not supported",
    2150: "Percent is not supported",
    2170: "Invalid Enumeration",
    2210: "Invalid email format",
    2220: "Invalid currency format",
    2230: "Invalid boolean format",
    2250: "No lines are specified",
    2500: "Invalid Reference Id",
    4000: "Error parsing query",
    4001: "Invalid query",
    5010: "Stale Object Error",
    5030: "Feature Not Supported",
    6000: "A business validation error has occurred while processing your request",
    6010: "Account Type or Sub Type missing",
    6070: "Amount calculation incorrect in the request",
    6080: "Name is required",
    6090: "Discount amount or percent missing",
    6100: "Invalid tax code for line",
    6140: "Duplicate Document Number Error",
    6170: "Tax detail not allowed",
    6190: "Invalid Company Status",
    6210: "Account Period Closed, Cannot Update Through Services API",
    6220: "Cannot make inactive",
    6240: "Duplicate Name Exists Error",
    6250: "Customer is missing or inactive",
    6270: "Transaction date is prior to start date for inventory item",
    6420: "Email address missing",
    6430: "Invalid account type",
    6520: "Quantity missing for inventory item",
    6540: "Deposited Transaction cannot be changed",
}

_INACTIVE = (
    "Object Not Found : Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)


class QboError(Exception):
    """One refusal. The answer has HTTP status 400 unless it happened inside a batch."""

    def __init__(self, code: int, detail: str, element: str = "", message: str | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.element = element
        self.message = message or MESSAGES[code]

    def fault(self) -> dict[str, Any]:
        entry = {"Message": self.message, "Detail": self.detail, "code": str(self.code), "element": self.element}
        return {"Error": [entry], "type": "ValidationFault"}


def business(detail: str, code: int = 6000) -> QboError:
    return QboError(code, f"Business Validation Error: {detail}")


def missing(name: str) -> QboError:
    return QboError(2020, f"Required parameter {name} is missing in the request", name)


def too_long(name: str, limit: int, length: int) -> QboError:
    detail = (
        "String length specified does not match the supported length. "
        f"Min:0 Max:{limit} supported. Supplied length:{length}"
    )
    return QboError(2050, detail, name)


def inactive_or_gone(element: str = "") -> QboError:
    return QboError(610, _INACTIVE, element)


def unsupported(what: str) -> QboError:
    return QboError(500, f"Operation {what} is not supported.")


def bad_reference(family: str, identifier: str) -> QboError:
    return QboError(2500, f"Invalid Reference Id : {family} element id {identifier} not found")
