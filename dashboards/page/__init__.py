"""The built-in page: the room at a glance, live, without Prometheus or Grafana."""
