"""What people look at: the built-in page, Grafana boards, the inspection report."""
