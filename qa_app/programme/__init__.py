"""The audit programme: cycles, expectations and exemptions, and giving audits to auditors."""
