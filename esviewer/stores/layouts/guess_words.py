"""What the parts of an event are called in stores of many makers and languages."""

from __future__ import annotations

import re
from typing import Final

from esviewer.stores.layouts.model import folded

WORDS: Final[dict[str, tuple[str, ...]]] = {
    "aggregate_id": (
        "aggregate_id", "aggregate_root_id", "aggregate_uuid", "aggregate_identifier", "stream_id", "stream_uuid",
        "stream_name", "originator_id", "persistence_id", "entity_id", "source_id", "stream", "aggregate", "root_id",
        "object_id", "subject", "vorgang", "akte", "集約id", "ストリームid", "対象id",
    ),
    "aggregate_type": (
        "aggregate_type", "aggregate_root_type", "stream_type", "entity_type", "category", "topic", "aggregate_name",
        "originator_type", "entity_name", "集約種別",
    ),
    "version": (
        "version", "aggregate_version", "stream_version", "originator_version", "sequence_number", "sequence_nr",
        "playhead", "revision", "stream_position", "aggregate_sequence", "aggregate_root_version", "seq", "seq_no",
        "sequence", "event_number", "event_version", "nummer", "fassung", "版", "番号", "バージョン",
    ),
    "position": (
        "global_position", "position", "global_sequence", "ordering", "seq_id", "sequence_id", "global_id", "offset",
        "global_index", "no", "notification_id", "checkpoint", "row_id", "id", "seq", "laufnummer", "通番",
    ),
    "event_id": ("event_id", "event_uuid", "message_id", "event_identifier", "uuid", "id", "guid", "イベントid"),
    "type": (
        "event_type", "type", "event_name", "event_class", "payload_type", "message_type", "event", "name", "kind",
        "event_payload_type", "manifest", "action", "ereignis", "art", "ereignis_art", "種類", "種別", "イベント種別",
    ),
    "schema_version": ("schema_version", "payload_revision", "event_revision", "payload_version", "type_version"),
    "timestamp": (
        "timestamp", "created_at", "occurred_at", "occurred_on", "recorded_at", "recorded_on", "created", "time",
        "date", "event_time", "event_timestamp", "stored_at", "inserted_at", "written_at", "created_date",
        "created_utc", "when", "event_date", "ts", "zeitpunkt", "zeit", "erstellt", "datum", "日時", "発生日時",
    ),
    "tenant": ("tenant_id", "tenant", "mandant", "organization_id", "realm"),
    "data": (
        "data", "payload", "event_data", "event_payload", "body", "content", "json", "message", "state", "event_body",
        "details", "event_json", "json_data", "properties", "attributes", "daten", "inhalt", "内容",
        "データ",
    ),
    "metadata": (
        "metadata", "meta", "meta_data", "event_metadata", "headers", "context", "json_metadata", "event_headers",
        "metadaten", "herkunft", "メタデータ", "付帯情報",
    ),
}  # fmt: skip
"""Names by part, the likeliest first."""
_FOLDED: Final = {part: [folded(word) for word in words] for part, words in WORDS.items()}

EVENTS: Final = ("event", "message", "journal", "commit", "log", "history", "record", "ereignis", "イベント", "履歴")
"""What names of events tables have in them."""
SNAPSHOTS: Final = ("snapshot", "schnappschuss", "stand", "state", "memento", "スナップショット", "状態")
"""What names of snapshot tables have in them."""
METADATA_KEYS: Final = frozenset(
    folded(word)
    for word in (
        "correlation_id", "causation_id", "user", "user_id", "actor", "actor_id", "ip", "ip_address", "trace_id",
        "tenant", "tenant_id", "request_id", "session_id", "remote_ip", "source", "command_id", "span_id", "by",
    )
)  # fmt: skip
"""Keys that metadata have and data seldom."""


def named_like(column: str, part: str) -> float:
    """How much a column's name is that of a part, from 0 to 1."""
    name = folded(re.sub(r"[\s-]", "_", column))
    words = _FOLDED[part]
    if name in words:
        return 1.0 - 0.03 * words.index(name)
    inside = [word for word in words if len(word) >= 4 and (name.endswith(word) or name.startswith(word))]
    return 0.45 if inside else 0.0


def mentions(name: str, words: tuple[str, ...]) -> bool:
    """Whether one of some words is in a name."""
    plain = folded(name)
    return any(word in plain for word in words)
