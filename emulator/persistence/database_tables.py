"""The tables of a database that keeps worlds, and the statements that read and write them.

A shard's rows are what a data file and its write-ahead log have: a checkpoint, in pieces, and the
changes since, numbered without a gap.
"""

from collections.abc import Callable, Iterator, Sequence
from struct import Struct
from typing import Final

from emulator.persistence.database_connection import DatabaseConnection, Row

LOCK_CLASS: Final = 0x766F6963
"""The first number of our advisory locks; the second is the number of the shard."""
TABLES: Final = (
    """
    CREATE TABLE IF NOT EXISTS voicebot_shards (shard int PRIMARY KEY, shards int NOT NULL,
        epoch bigint NOT NULL, image bigint NOT NULL, covered bigint NOT NULL)
    """,
    """
    CREATE TABLE IF NOT EXISTS voicebot_changes (shard int, number bigint,
        content bytea NOT NULL, PRIMARY KEY (shard, number))
    """,
    """
    CREATE TABLE IF NOT EXISTS voicebot_images (shard int, image bigint, part int,
        content bytea NOT NULL, PRIMARY KEY (shard, image, part))
    """,
    # to compress them would take longer than to write them
    "ALTER TABLE voicebot_changes ALTER content SET STORAGE EXTERNAL",
    "ALTER TABLE voicebot_images ALTER content SET STORAGE EXTERNAL",
)
EXISTS: Final = "SELECT to_regclass('voicebot_images')::text"
SETTINGS: Final = (
    "SET idle_session_timeout TO '{seconds}s'",
    "SET idle_in_transaction_session_timeout TO '{seconds}s'",
    "SET synchronous_commit TO on",
    "SET statement_timeout TO 0",
    "SET lock_timeout TO 0",
)
SET_DURABILITY: Final = "SET synchronous_commit TO {mode}"
DELAY: Final = "SELECT setting FROM pg_settings WHERE name = 'wal_writer_delay'"
"""Milliseconds."""
TRY_LOCK: Final = "SELECT pg_try_advisory_lock($1::int, $2::int)"
LOCK: Final = "SELECT pg_advisory_lock($1::int, $2::int)"
FIND_HOLDER: Final = (
    "SELECT pid, coalesce(host(client_addr), 'this machine') FROM pg_locks"
    " JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted"
    " AND classid = $1::int::oid AND objid = $2::int::oid"
)
OTHER_SHARDS: Final = "SELECT shards FROM voicebot_shards WHERE shards <> $1::int LIMIT 1"
COUNT_EPOCH: Final = (
    "INSERT INTO voicebot_shards AS s VALUES ($1::int, $2::int, 1, 0, 0)"
    " ON CONFLICT (shard) DO UPDATE SET epoch = s.epoch + 1 RETURNING epoch, image, covered"
)
EPOCH: Final = "SELECT epoch FROM voicebot_shards WHERE shard = $1::int"
WRITTEN: Final = (
    "SELECT greatest(covered, (SELECT max(number) FROM voicebot_changes WHERE shard = $1::int))"
    " FROM voicebot_shards WHERE shard = $1::int"
)
INSERT_NAME: Final = "write"
INSERT: Final = (
    "INSERT INTO voicebot_changes SELECT $1::int, $2::bigint + ordinality, content"
    " FROM unnest($3::bytea[]) WITH ORDINALITY AS given (content, ordinality)"
)
CHANGES: Final = (
    "SELECT number, content FROM voicebot_changes WHERE shard = $1::int AND number > $2::bigint"
    " AND number <= $3::bigint ORDER BY number LIMIT 1000"
)
PARTS: Final = "SELECT max(part) FROM voicebot_images WHERE shard = $1::int AND image = $2::bigint"
PART: Final = (
    "SELECT content FROM voicebot_images"
    " WHERE shard = $1::int AND image = $2::bigint AND part = $3::int"
)
ADD_PART: Final = "INSERT INTO voicebot_images VALUES ($1::int, $2::bigint, $3::int, $4::bytea)"
SET_IMAGE: Final = (  # as one statement, so that the setting is of this transaction
    "SELECT set_config('synchronous_commit', 'on', true);"
    "UPDATE voicebot_shards SET image = {image}, covered = {covered} WHERE shard = {shard}"
)
DELETE_COVERED: Final = (
    """
    DELETE FROM voicebot_changes AS c USING voicebot_shards AS s
    WHERE s.shard = $1::int AND c.shard = s.shard AND c.number <= s.covered
    """,
    """
    DELETE FROM voicebot_images AS i USING voicebot_shards AS s
    WHERE s.shard = $1::int AND i.shard = s.shard AND i.image < s.image
    """,
)
"""Delete what counts no longer; checkpoints that are being written have higher numbers."""
READ_SECONDS: Final = 60.0
"""How long nothing may come of a page of rows."""
MAX_NUMBER: Final = 2**63 - 1
ARRAY_HEAD: Final = Struct(">iiIii")
"""Dimensions, whether there are nulls, the type, how many, the first index."""
BYTEA: Final = 17
Ask = Callable[..., list[Row]]
"""``DatabaseConnection.ask``, or what makes sure that nothing else is asked meanwhile."""
NUMBER: Final = Struct(">q")


def create_tables(connection: DatabaseConnection) -> None:
    """Create the tables, unless there are tables; one process at a time does so."""
    if connection.ask(EXISTS)[0][0] is not None:
        return
    connection.ask(LOCK, LOCK_CLASS, -1)
    for each in TABLES:
        connection.ask(each)
    connection.ask("SELECT pg_advisory_unlock($1::int, $2::int)", LOCK_CLASS, -1)


def array_of(contents: Sequence[bytes]) -> bytes:
    """Return a binary array of binary values."""
    parts = [ARRAY_HEAD.pack(1, 0, BYTEA, len(contents), 1)]
    for each in contents:
        parts += (len(each).to_bytes(4), each)
    return b"".join(parts)


def read_changes(
    ask: Ask, shard: int, after: int, until: int = MAX_NUMBER
) -> Iterator[tuple[int, bytes]]:
    """Go through the changes after one and up to another, with their numbers."""
    while page := ask(CHANGES, shard, after, until, seconds=READ_SECONDS, binary=True):
        for number, content in page:
            (after,) = NUMBER.unpack(number or b"")
            yield after, content or b""


def read_image(ask: Ask, shard: int, image: int) -> bytes:
    """Return a checkpoint, as a data file has it; nothing if there is none."""
    last = ask(PARTS, shard, image)[0][0]
    numbers = range(0) if last is None else range(int(last) + 1)
    parts = (ask(PART, shard, image, part, seconds=READ_SECONDS, binary=True) for part in numbers)
    return b"".join(row[0][0] or b"" for row in parts)
