"""Draws the state machines from their definitions: `make documents` writes docs/state-machines.md.

Mermaid flow charts; a solid arrow is what happens, a dotted one what happens when the step has failed for good.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ballotcast_tools.machine_definitions import read_definition

TOP = Path(__file__).parents[3]
PAGE = TOP / "docs" / "state-machines.md"
DEFINITIONS = ("relay/spawn", "relay/stop", "relay/repair", "tally/close", "tally/turnout")
_HEAD = """# State machines

Drawn from the definitions in `functions/` by `make documents`; a test ensures that they are
current. Solid arrows: success. Dotted: the step failed for good, after its repetitions.
"""
_SHAPES = {"Choice": ("{", "}"), "Succeed": ("([", "])"), "Fail": ("([", "])"), "Wait": ("[/", "/]")}


def page() -> str:
    return _HEAD + "".join(_section(TOP / "functions" / f"{name}.asl.json") for name in DEFINITIONS)


def _section(path: Path) -> str:
    definition = read_definition(path)
    chart = "\n".join(["flowchart TD", "  start((start))", f"  start --> {definition['StartAt']}", *_chart(definition)])
    return f"\n## {path.name.partition('.')[0]}\n\n`{path.relative_to(TOP)}`\n\n```mermaid\n{chart}\n```\n"


def _chart(definition: dict[str, Any]) -> Iterator[str]:
    for name, state in definition["States"].items():
        left, right = _SHAPES.get(state["Type"], ("[", "]"))
        yield f'  {name}{left}"{_label(name, state)}"{right}'
        if "Next" in state:
            yield f"  {name} --> {state['Next']}"
        for choice in state.get("Choices", []):
            yield f"  {name} --> {choice['Next']}"
        if "Default" in state:
            yield f"  {name} --> {state['Default']}"
        if state.get("End"):
            yield f"  {name} --> done((done))"
        for target in dict.fromkeys(catcher["Next"] for catcher in state.get("Catch", [])):
            errors = [catcher["ErrorEquals"][0] for catcher in state["Catch"] if catcher["Next"] == target]
            yield f"  {name} -. {' '.join(errors)} .-> {target}"


def _label(name: str, state: dict[str, Any]) -> str:
    match state["Type"]:
        case "Task":
            called = str(state["Resource"]).rpartition(":::")[2].strip("${}")
            return f"{name}<br/><small>{called}</small>"
        case "Wait":
            seconds = state.get("SecondsPath") or state.get("Seconds")
            return f"{name}<br/><small>{str(seconds).strip('${}.')} s</small>"
        case "Map":
            return f"{name}<br/><small>for each</small>"
        case _:
            return name


if __name__ == "__main__":
    PAGE.write_text(page())
