"""The checks of the pages' scripts find what they are there for (`make lint-scripts` runs them on all scripts)."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from ballotcast_tools.build.browser_libraries import node_here
from checkout import ROOT

WEB = ROOT / "functions" / "web"
TOOLS = ROOT / ".tools" / "web" / "node_modules" / ".bin"
CONFIGURATION = "tsconfig.json", ".oxlintrc.json"

VOTE = """\
import { t } from "../strings.js";
const sizes = { done: 1 };
export const shown = [
  t("check.broke_off_text", sizes),
  t("vote.no_such_text"),
  t(sizes.done ? "vote.tally" : "vote.tally_blank", { count: 1 }),
  t(`vote.rule_choose_${sizes.done}`, { count: 1, min: 1 }),
  t(`vote.step_${sizes.done}`),
  t("vote.tally", { count: 1, max: 2 }),
];
document.body.innerHTML = shown.join();
// @ts-ignore
/** @type {any} */
export const whatever = Math.random();
"""
COUNTING = """\
import { t } from "../strings.js";
export const late = () => t("vote.title") || fetch(location.href);
"""
PROMISES = """\
/** @param {string} note @returns {Promise<boolean>} */
const verify = async (note) => note.length > 1;

/** @param {string[]} notes */
export async function all(notes) {
  verify(notes[0]);
  if (!verify(notes[0])) return [];
  return notes.filter((note) => verify(note));
}
"""


def environment() -> dict[str, str]:
    """With Node.js of this machine, or the one that was installed."""
    node = node_here() or ROOT / ".tools" / "node" / "bin"
    return {
        **os.environ,
        "PATH": f"{node}{os.pathsep}{os.environ['PATH']}",
        "OXLINT_TSGOLINT_PATH": f"{TOOLS}/tsgolint",
    }


@pytest.mark.parametrize(
    ("name", "script", "found"),
    [
        (
            "vote/planted.js",
            VOTE,
            [
                (4, "ballotcast/texts"),  # without `size`
                (5, "ballotcast/texts"),
                (6, "ballotcast/texts"),  # without `max`, in one of two
                (7, "ballotcast/texts"),  # without `max`, in one of all that begin so
                (11, "no-restricted-properties"),
                (12, "no-warning-comments"),
                (13, "no-warning-comments"),
                (14, "no-restricted-syntax"),
            ],
        ),
        (
            "counting/planted.js",
            COUNTING,
            [(1, "no-restricted-imports"), (2, "no-restricted-globals"), (2, "no-restricted-globals")],
        ),
    ],
)
def test_eslint(name: str, script: str, found: list[tuple[int, str]]) -> None:
    command = [TOOLS / "eslint", "--format", "json", "--stdin", "--stdin-filename", f"static/js/{name}"]
    done = subprocess.run(command, cwd=WEB, env=environment(), input=script, capture_output=True, text=True)

    [file] = json.loads(done.stdout)
    assert [(message["line"], message["ruleId"]) for message in file["messages"]] == found


def test_oxlint_finds_promises_that_nobody_waits_for(tmp_path: Path) -> None:
    for configuration in CONFIGURATION:
        (tmp_path / configuration).write_text((WEB / configuration).read_text())
    (tmp_path / "static" / "js").mkdir(parents=True)
    (tmp_path / "static" / "js" / "planted.js").write_text(PROMISES)

    command = [TOOLS / "oxlint", "--type-aware", "--format", "unix", "static/js"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True)

    lines = [line for line in done.stdout.splitlines() if "planted.js" in line]
    assert [line.split(":")[1] for line in sorted(lines)] == ["6", "7", "8"]
