"""What metrics of several kinds build on: splits, correlation, aggregation."""
