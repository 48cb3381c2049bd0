"""`python -m harness` is `labs`, for where the script is not on PATH."""

from harness.cli import main

if __name__ == "__main__":
    main()
