"""`python -m desk create-admin | retention | export-cases | export-csv`."""

import sys

from desk.commands import main

if __name__ == "__main__":
    sys.exit(main())
