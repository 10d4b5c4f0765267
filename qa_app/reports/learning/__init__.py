"""The issues log, what is done about themes, and good practice (T1 to T4)."""
