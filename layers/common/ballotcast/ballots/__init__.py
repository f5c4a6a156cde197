"""The election protocol's objects and their bytes: manifest, credential, ballot, leaf, receipt, roll and link."""
