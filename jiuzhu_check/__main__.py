"""python -m jiuzhu_check."""

from jiuzhu_check.cli import main

if __name__ == "__main__":
    main()
