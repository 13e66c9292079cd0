"""What deploy/grafana/trunkline.json is made from: `board.board()` is the dashboard, a module for each of its rows."""
