"""Write all vectors that are made: `make vectors`."""

from checkout import ROOT
from vector_maker.everything import everything

for name, content in everything():
    path = ROOT / "tests" / "vectors" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
