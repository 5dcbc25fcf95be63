"""Do the migrations build the tables that the models describe?"""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext


def differences() -> list[Any]:
    """What Alembic would change in the running application's database, were it asked; empty when all is told."""
    from tracker.database import db

    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": False}
        )
        return list(compare_metadata(context, db.metadata))


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(TRACKER_INSTANCE=folder, TRACKER_DATABASE_URL=f"sqlite:///{folder}/empty.sqlite3")
        from tracker.app import create_app
        from tracker.cli.db import upgrade_schema
        from tracker.database import db

        with create_app().app_context():
            upgrade_schema()
            found = differences()
            db.engine.dispose()
    print("\n".join(str(difference) for difference in found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
