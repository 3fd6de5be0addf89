"""`python -m analysis` is `stridelift`."""

from analysis.cli import main

if __name__ == "__main__":
    main()
