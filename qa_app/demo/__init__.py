"""The demonstration council: invented staff, cases, audits and actions, made from a seed."""
