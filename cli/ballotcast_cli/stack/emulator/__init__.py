"""ministack with the gaps closed that Ballotcast's template meets; see `__main__`.

Runs under the stack's own venv, whose packages contradict the project's, as `python -m ballotcast_cli.stack.emulator`:
nothing here may import anything of the project but its siblings.
"""
