"""Reading the figures and what stands behind them."""
