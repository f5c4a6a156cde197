"""`ballotcast scripts`: the pages' scripts and styles made again from this checkout, compared with those served."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import click
import httpx2 as httpx

from ballotcast_cli.deployment import find_deployment
from ballotcast_tools.build import page_bundles
from ballotcast_tools.build.environments import TOP

PAGES = ("/vote", "/check")
"""What voters open, and anyone who verifies."""
_NAMED = re.compile(r"""(?:src|href|data-worker)="([^"]*/[0-9a-f]{16}/([^"]+\.(?:js|css)))\"""")


@click.command("scripts")
@click.argument("address", metavar="[ADDRESS]", required=False)
def command(address: str | None) -> None:
    """Make the pages' scripts again and compare them with what a deployment serves.

    Styles too. Ends with 1 if one differs: another version is served than the one of this checkout, or it was changed.
    """
    site = (address or find_deployment(None).api).rstrip("/")
    rebuilt = page_bundles.bring_up_to_date(TOP)
    with httpx.Client(timeout=30, follow_redirects=False) as client:
        found = {name: same for page in PAGES for name, same in compare(client, site, page, rebuilt)}
    for name, same in found.items():
        click.echo(f"{'same   ' if same else 'DIFFERS'}  {name}")
    if not found or not all(found.values()):
        raise click.ClickException(f"{site} does not serve what this checkout makes")


def compare(client: httpx.Client, site: str, page: str, rebuilt: Path) -> Iterator[tuple[str, bool]]:
    """For each script and style that `page` loads, its name and whether its bytes are those of the folder `rebuilt`."""
    shown = client.get(site + page, headers={"Accept": "text/html"}).raise_for_status()
    for address, name in dict.fromkeys(_NAMED.findall(shown.text)):
        served = client.get(str(shown.url.join(unescape(address)))).raise_for_status().content
        ours = rebuilt / name
        yield name, ours.is_file() and ours.read_bytes() == served
