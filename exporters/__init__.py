"""What machines get to read: Prometheus metrics, alert rules, the HTTP interface."""
