"""Device knowledge as data: one TOML file per device family, and the reader that turns raw values into readings."""
