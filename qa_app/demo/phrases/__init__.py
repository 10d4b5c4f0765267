"""The phrases of which the demonstration council's audits are made (data, read by `words`)."""
