"""The two packages that are compared: ours as our packaging makes it, stock as `sam build` does, from the same lock.

Stock has every file of its wheels and no bytecode: `sam build` ships none, and Lambda may not write its own.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ballotcast_tools.build import packaging
from ballotcast_tools.build.environments import TOP
from ballotcast_tools.build.packaging import Target

HERE = Path(__file__).parent
WORK = TOP / ".tools" / "bench"
PROBE = HERE / "probe.py"
ENVIRONMENT = {
    "ENVIRONMENT": "prod",
    "ROLL_TABLE": "roll",
    "BOARD_TABLE": "board",
    "CHANNELS_TABLE": "channels",
    "BUCKET": "bucket",
    "KMS_KEY": "key",
    "SESSION_SECRET": "session",
    "ROLL_SECRET": "roll",
    "ISSUER_BITS": "2048",
    "POWERTOOLS_METRICS_NAMESPACE": "Ballotcast",
    "POWERTOOLS_TRACE_DISABLED": "true",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "measured",
    "AWS_SECRET_ACCESS_KEY": "measured",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_LAMBDA_FUNCTION_NAME": "measured",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
    "LAMBDA_TASK_ROOT": "/var/task",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PATH": os.defpath,
}
"""What Lambda and template.yaml tell both sides."""


@dataclass(frozen=True)
class Side:
    """A package that can be run. `paths`: where its modules are; `environment`: what it alone is told."""

    name: str
    python: Path
    paths: tuple[Path, ...]
    environment: Mapping[str, str]

    def command(self, way: str, *arguments: str | Path) -> list[str | Path]:
        """probe.py's, with these arguments."""
        return [self.python, PROBE, way, *arguments]

    def variables(self, **more: str) -> dict[str, str]:
        path = os.pathsep.join(map(str, self.paths))
        return {**ENVIRONMENT, **self.environment, "PYTHONPATH": path, **more}

    def trusting(self, authority: Path) -> Path:
        """The bundle of certificates that this side's botocore trusts, with one more authority in it."""
        [bundle] = [path for folder in self.paths if (path := folder / "botocore" / "cacert.pem").exists()]
        together = authority.with_name(f"{self.name}-bundle.pem")
        together.write_bytes(bundle.read_bytes() + authority.read_bytes())
        return together


def build() -> tuple[Side, Side]:
    """Stock and ours, for the Python that this runs on, made again but for the installed libraries."""
    wanted = packaging.target({"LAYER_PYTHON": sys.executable})
    WORK.mkdir(parents=True, exist_ok=True)
    python = _bare_python(WORK / f"python{wanted.python}")
    return Side("stock", python, _stock(wanted), {}), Side("ours", python, _ours(wanted), _told_to_ours())


def _told_to_ours() -> dict[str, str]:
    """What template.yaml tells our functions beyond what a stock template would say."""
    return {"PYDANTIC_DISABLE_PLUGINS": "__all__"}


def _ours(wanted: Target) -> tuple[Path, ...]:
    layer, functions = _emptied(WORK / "ours" / "layer"), _emptied(WORK / "ours" / "functions")
    packaging.build_layer(layer, wanted)
    packaging.build_functions(functions, wanted)
    packaging.add_sources(HERE / "ours", functions, wanted, strip=functions, prefix="/var/task")
    return functions, layer / "python"


def _stock(wanted: Target) -> tuple[Path, ...]:
    task = _emptied(WORK / "stock" / "task")
    packaging.install(task, wanted)
    shutil.copytree(TOP / "layers" / "common" / "ballotcast", task / "ballotcast", ignore=_no_bytecode)
    shutil.copytree(HERE / "stock", task, ignore=_no_bytecode, dirs_exist_ok=True)
    return (task,)


_no_bytecode = shutil.ignore_patterns("__pycache__")


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _bare_python(folder: Path) -> Path:
    """An interpreter without any package of its own, as Lambda's has none that we count on."""
    python = folder / "bin" / "python"
    if not python.exists():
        base = Path(sys.base_prefix, "bin", f"python{sys.version_info[0]}.{sys.version_info[1]}")
        subprocess.run([base, "-m", "venv", "--without-pip", folder], check=True)
    return python
