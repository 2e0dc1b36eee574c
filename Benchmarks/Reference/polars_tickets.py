"""Polars: polars_tickets.py FILE.jsonl|.csv|.xlsx OUT.sqlite   the eight values"""
import sys

import polars as pl

from values import store

TIMES = ["created_at", "first_response_at", "resolved_at"]
SCHEMA = dict.fromkeys(["assignee", *TIMES], pl.String) | dict.fromkeys(["reopened", "satisfaction"], pl.Int64)


def from_text(frame):
    """The wanted columns, times read from their texts."""
    return frame.select(list(SCHEMA)).with_columns(pl.col(TIMES).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="ms"))


def read(path):
    if path.endswith(".jsonl"):
        return from_text(pl.scan_ndjson(path, schema=SCHEMA))
    if path.endswith(".csv"):
        return from_text(pl.scan_csv(path, schema_overrides=SCHEMA))
    # A workbook's times are numbers of days: right to the second once they are rounded.
    frame = pl.read_excel(path, engine="calamine", columns=list(SCHEMA))
    return frame.lazy().with_columns(pl.col(TIMES).dt.cast_time_unit("ms").dt.round("1s"))


def values(frame):
    seconds = {name: (pl.col(name) - pl.col("created_at")).dt.total_seconds() for name in TIMES[1:]}
    first, resolved = seconds["first_response_at"], seconds["resolved_at"]
    solved, rated = resolved.count(), pl.col("satisfaction").count()
    return (
        frame.filter(pl.col("assignee").is_not_null())
        .group_by("assignee", month=pl.col("created_at").dt.strftime("%Y-%m"))
        .agg(
            pl.len(), solved.alias("resolved"), ((resolved <= 72 * 3600).sum() / pl.len()).alias("rate"),
            (first.mean() / 60).alias("mean"), (first.median() / 60).alias("median"),
            (resolved.mean() / 3600).alias("handling"),
            pl.when(rated > 0).then((pl.col("satisfaction") >= 4).sum() / rated).alias("csat"),
            pl.when(solved > 0).then(
                ((pl.col("reopened") >= 1) & resolved.is_not_null()).sum() / solved).alias("reopened"))
        .collect(engine="streaming").rows())


if __name__ == "__main__":
    store(sys.argv[2], values(read(sys.argv[1])))
