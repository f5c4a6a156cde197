"""The one-machine stack: ministack in a venv of its own, `template.yaml` deployed to it by plain `sam deploy`."""
