"""`ballotcast channels follow`: every record, as it comes."""

import json

import click

from .access import channels


@click.command()
@click.argument("name")
@click.option("--since", default="", metavar="PLACE", help="Go on from there  [default: from now on]")
@click.option("--all", "everything", is_flag=True, help="From the first record that is kept.")
@click.option("--records", type=click.IntRange(min=1), help="End after so many.")
def follow(name: str, since: str, *, everything: bool, records: int | None) -> None:
    """Print every record of NAME, none decimated, a JSON line for each, until Ctrl-C. Then the place is told from which
    --since continues."""
    if everything and since:
        raise click.UsageError("--all and --since exclude each other")
    client = channels()
    born = client.get_channel(name)["born"] if everything else 0
    place, seen = f"{born}.0" if everything else since, 0
    try:
        for page in client.follow(name, place):
            if page.skipped:
                click.echo(f"{page.skipped} records before the next are not kept any more.", err=True)
            shown = page.records[: records - seen] if records else page.records
            for record in shown:
                click.echo(json.dumps(record, ensure_ascii=False))
            seen += len(shown)
            epoch, _, number = page.next.partition(".")
            place = f"{epoch}.{int(number) - len(page.records) + len(shown)}"
            if records and seen >= records:
                break
    except KeyboardInterrupt:
        pass
    if place:
        click.echo(f"Go on with --since {place}", err=True)
