"""What happens between a store and the books: settings of the flows, mappings, records, postings, runs and their
log."""

from sync.models.changes import SettingChange
from sync.models.health import AlarmNotice, Heartbeat, ReportState, StoreHabit
from sync.models.mappings import CustomerLink, PaymentMapping, ProductMatch, TaxMapping
from sync.models.modules import ModuleSettings
from sync.models.records import (
    DOCUMENT_KINDS,
    DOCUMENT_ROLES,
    GOODS_KINDS,
    Batch,
    Gone,
    Posting,
    PostingState,
    Record,
    RecordKind,
    RecordState,
    Role,
)
from sync.models.runs import Action, LogEntry, Run, RunState, Trigger
from sync.models.settings import (
    ItemSettings,
    OrderSettings,
    PaymentSettings,
    ProductSettings,
    RefundSettings,
    StockSettings,
)
from sync.models.setup import SetupProgress
from sync.models.stock import AskBecause, PushState, StockChange, StockPush
from sync.models.wanted import WantedOrder

__all__ = [
    "DOCUMENT_KINDS",
    "DOCUMENT_ROLES",
    "GOODS_KINDS",
    "Action",
    "AlarmNotice",
    "AskBecause",
    "Batch",
    "CustomerLink",
    "Gone",
    "Heartbeat",
    "ItemSettings",
    "LogEntry",
    "ModuleSettings",
    "OrderSettings",
    "PaymentMapping",
    "PaymentSettings",
    "Posting",
    "PostingState",
    "ProductMatch",
    "ProductSettings",
    "PushState",
    "Record",
    "RecordKind",
    "RecordState",
    "RefundSettings",
    "ReportState",
    "Role",
    "Run",
    "RunState",
    "SettingChange",
    "SetupProgress",
    "StockChange",
    "StockPush",
    "StockSettings",
    "StoreHabit",
    "TaxMapping",
    "Trigger",
    "WantedOrder",
]
