"""Run the command line with `python -m karwan`."""

from karwan.cli import main

if __name__ == "__main__":
    main()
