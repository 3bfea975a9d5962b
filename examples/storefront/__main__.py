"""Serves the shop alone: `python -m examples.storefront --mode spa --port 8080`.

Every flag has an environment variable of the same name (`NORTHLIGHT_SNIPPET`, …). The snippet and
the secret are what the recording's own command prints for a site.
"""

import argparse
import os
from pathlib import Path

import uvicorn

from examples.storefront.app import create_app
from examples.storefront.faults import Fault


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m examples.storefront", description=__doc__)

    def option(flag: str, default: str, text: str) -> None:
        variable = f"NORTHLIGHT_{flag.upper().replace('-', '_')}"
        parser.add_argument(
            f"--{flag}", default=os.environ.get(variable, default), help=f"{text} [{variable}]"
        )

    option("host", "127.0.0.1", "address to listen on")
    option("port", "8080", "port to listen on, 0 for any free one")
    option("database", "northlight.sqlite3", "file for the shop's own data")
    option("mode", "pages", "pages or spa")
    option("snippet", "", "HTML for the head of every page")
    option("snippet-file", "", "file that holds that HTML")
    option("identify-secret", "", "secret to sign customers with")
    option("events-url", "", "where the shop's systems tell what happened to orders")
    option("events-secret", "", "secret to do so with")
    option("faults", "", f"switched on at start, of {', '.join(Fault)}; separated by commas")
    flags = parser.parse_args()
    if flags.mode not in ("pages", "spa"):
        parser.error("--mode is pages or spa")
    snippet = Path(flags.snippet_file).read_text("utf-8") if flags.snippet_file else flags.snippet
    app = create_app(
        Path(flags.database),
        snippet=snippet,
        identify_secret=flags.identify_secret,
        events_url=flags.events_url,
        events_secret=flags.events_secret,
        mode="spa" if flags.mode == "spa" else "pages",
        faults=[name.strip() for name in flags.faults.split(",")] if flags.faults else None,
    )
    uvicorn.run(app, host=flags.host, port=int(flags.port), log_level="info")


if __name__ == "__main__":
    main()
