"""template.yaml as the embedded runtime understands it: functions, roles, routes, sources, queues and machines."""
