"""`esviewer schema`."""

from __future__ import annotations

import click

from esviewer.cli import messages, output
from esviewer.cli.options import common, masking, masking_options, moment, new_file, opened, store_argument
from esviewer.errors import UsageError


@click.command()
@store_argument
@click.option("--type", "type_glob", metavar="GLOB", help="Only event types like this.")
@click.option("--aggregate-type", "aggregate_type_glob", metavar="GLOB", help="Only aggregates of types like this.")
@click.option("--as-of", "as_of", metavar="TIME", help="Only events up to this time, such as 'yesterday 14:34'.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only so many events, the first that are read.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonschema", "markdown"]),
    help="Text for people, JSON, JSON Schema (draft 2020-12; of all types as one document with $defs, of a single "
    "one by itself), or Markdown.",
)
@click.option("--output", "file", metavar="FILE", type=click.Path(), help="Write a file; - for standard output.")
@masking_options
@common()
def command(
    store: str,
    type_glob: str | None,
    aggregate_type_glob: str | None,
    as_of: str | None,
    limit: int | None,
    form: str | None,
    file: str | None,
    mask: str | None,
    no_mask: bool,
    layout: str | None,
    as_json: bool,
    debug: bool,
) -> None:
    """Describe the payloads of all event types: fields, types, examples, and how they change over time.

    Examples that look sensitive are masked; with --no-mask they are shown as they are stored.
    """
    del debug
    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} can't be given together.")
    form = "json" if as_json else form or "text"
    upto = None if as_of is None else moment(as_of, "--as-of")
    with opened(store, layout) as (session, work):
        from esviewer.app.catalogue import (
            Scope,
            build_catalogue,
            catalogue_lines,
            fold_masked_keys,
            log_catalogue,
            masks_of,
            write_lines,
        )

        target = None if file in (None, "-") else new_file(str(file), session)
        scope = Scope(type_glob, aggregate_type_glob, upto, limit)
        rules = masking(session, mask, no_mask)
        catalogue = build_catalogue(session, scope, work=work)
        messages.done()
        masker = rules.masker()
        fold_masked_keys(catalogue, masker)
        lines = catalogue_lines(form, catalogue, session, masks_of(masker))
        if form == "text":
            lines = map(output.visible, lines)
        if target is not None:
            write_lines(target, lines)
            messages.note(f"{catalogue.events:,} event{'' if catalogue.events == 1 else 's'} described in {file}.")
        else:
            for line in lines:
                output.line(line)
        if target is not None or not rules.masks:
            log_catalogue(session, target, catalogue, masker if rules.masks else None)
        for remark in catalogue.remarks():
            messages.note(f"Note: {remark}")
        if masker.counts:
            messages.note(f"Examples are masked by {rules.origin}: {', '.join(sorted(masker.counts))}.")
